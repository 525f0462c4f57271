// A function: what is wrong with the page as it is shown now, as a list of sentences. Everything
// has been unfolded before. `inkOnly`: no more than how well texts can be read.
inkOnly => {
    const SLACK = 1.5; // of a pixel's fraction, and of borders
    const ENOUGH = 4.5; // contrast of text, by WCAG 2
    const problems = [];
    const style = (e, part) => getComputedStyle(e, part);
    const words = text => text.replace(/\s+/g, " ").trim().slice(0, 60);
    const told = e => {
        const own = [...e.classList].map(c => `.${c}`).join("");
        return `<${e.localName}${e.id ? `#${e.id}` : ""}${own}> "${words(e.textContent)}"`;
    };
    const shown = e => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
    const tiny = e => e.offsetWidth <= 1 || e.offsetHeight <= 1; // for screen readers alone
    const hidden = e => {
        for (; e && e !== document.body; e = e.parentElement) {
            if (tiny(e) && !style(e).display.startsWith("inline")) return true;
        }
        return false;
    };
    const scrolls = e => /auto|scroll/.test(style(e).overflowX);
    const clips = e => /hidden|clip/.test(style(e).overflowX);
    const lifted = e => /absolute|fixed|sticky/.test(style(e).position);
    const inline = e => /^inline|^contents/.test(style(e).display);
    const boxed = e => { // the closest one that has a box of its own
        while (e !== document.body && inline(e)) e = e.parentElement;
        return e;
    };
    const inScroller = e => {
        for (; e && e !== document.documentElement; e = e.parentElement) {
            if (scrolls(e)) return true;
        }
        return false;
    };

    // ---- boxes ----

    const beyond = (inner, outer) =>
        Math.max(outer.left - inner.left, inner.right - outer.right);
    const below = (inner, outer) => Math.max(outer.top - inner.top, inner.bottom - outer.bottom);

    const checkBox = e => {
        const parent = boxed(e.parentElement);
        if (lifted(e) || inScroller(parent) || !shown(e) || hidden(e)) return;
        const box = e.getBoundingClientRect(), outer = parent.getBoundingClientRect();
        if (box.width === 0 || box.height === 0) return;
        if (beyond(box, outer) > SLACK) {
            problems.push(`${told(e)} goes ${beyond(box, outer).toFixed(0)} px beyond the sides ` +
                          `of ${told(parent)}`);
        } else if (!inline(e) && below(box, outer) > SLACK && parent !== document.body) {
            problems.push(`${told(e)} goes ${below(box, outer).toFixed(0)} px beyond the top or ` +
                          `bottom of ${told(parent)}`);
        }
    };

    const checkScroller = e => {
        if (e.scrollWidth <= e.clientWidth + SLACK || tiny(e) || !shown(e)) return;
        const named = e.getAttribute("aria-label") || e.getAttribute("aria-labelledby");
        if (scrolls(e) && !(e.tabIndex === 0 && named)) {
            problems.push(`${told(e)} has to be pushed aside and neither has a name nor the focus`);
        } else if (clips(e)) {
            problems.push(`${told(e)} cuts what it holds`);
        }
    };

    // ---- colours: red, green, blue from 0 to 255, and alpha ----

    const colour = text => {
        const numbers = text.match(/[\d.]+(e-?\d+)?/g).map(Number);
        const scale = text.startsWith("color(") ? 255 : 1;
        return [...numbers.slice(0, 3).map(n => n * scale), numbers.length > 3 ? numbers[3] : 1];
    };
    const over = (top, ground) =>
        [0, 1, 2].map(i => top[i] * top[3] + ground[i] * (1 - top[3])).concat(1);
    const groundOf = e => {
        const found = [];
        for (; e; e = e.parentElement) {
            found.push(colour(style(e).backgroundColor));
            if (found.at(-1)[3] === 1) break;
        }
        return found.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
    };
    const luminance = c => {
        const [r, g, b] = c.map(v => v / 255)
            .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const opacity = e => {
        let all = 1;
        for (; e; e = e.parentElement) all *= Number(style(e).opacity);
        return all;
    };
    const checkInk = (e, part, text) => {
        const ground = groundOf(e), own = part ? colour(style(e, part).backgroundColor) : null;
        const paper = own ? over(own, ground) : ground;
        const ink = colour(style(e, part).color);
        ink[3] *= opacity(e);
        const [a, b] = [luminance(over(ink, paper)), luminance(paper)];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < ENOUGH) {
            problems.push(`"${words(text)}" in ${told(e)} has a contrast of ` +
                          `${contrast.toFixed(2)}: ${style(e, part).color} on ` +
                          `${paper.slice(0, 3).map(Math.round)}`);
        }
    };

    // ---- texts ----

    const checkText = node => {
        const e = node.parentElement;
        if (!shown(e) || hidden(e)) return;
        checkInk(e, null, node.data);
        if (inkOnly) return;
        const block = boxed(e);
        if (inScroller(block) || lifted(block)) return;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
            const far = beyond(box, block.getBoundingClientRect());
            if (far > SLACK) {
                problems.push(`"${words(node.data)}" sticks out of ${told(block)} by ` +
                              `${far.toFixed(0)} px`);
                break;
            }
        }
    };

    const width = document.documentElement.scrollWidth;
    if (width > innerWidth && !inkOnly) {
        problems.push(`the page is ${width} px wide, the screen ${innerWidth}`);
    }
    for (const e of document.body.querySelectorAll("*")) {
        if (!inkOnly) {
            checkBox(e);
            checkScroller(e);
        }
        for (const part of ["::before", "::after"]) {
            const content = style(e, part).content;
            if (/^".*[^" ].*"/.test(content) && shown(e) && !hidden(e)) checkInk(e, part, content);
        }
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        if (walker.currentNode.data.trim()) checkText(walker.currentNode);
    }
    return problems;
}
