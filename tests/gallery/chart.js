// A function: the size of an SVG and its texts, in units of its canvas: their words, their corners,
// turned as they are, their contrast to most of what is drawn beneath them, and the contrast of
// what is drawn there to that. The page has nothing else.
async source => {
    document.body.innerHTML = source;
    const SCALE = 2; // thin lines have their own colour
    const svg = document.querySelector("svg");
    const { width, height } = svg.viewBox.baseVal;
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    const home = svg.getScreenCTM().inverse();
    const corners = text => {
        const box = text.getBBox(), matrix = home.multiply(text.getScreenCTM());
        return [[0, 0], [1, 0], [1, 1], [0, 1]].map(([x, y]) => {
            const p = new DOMPoint(box.x + x * box.width, box.y + y * box.height)
                .matrixTransform(matrix);
            return [p.x, p.y];
        });
    };
    const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim());
    const found = texts.map(text => ({
        words: text.textContent.trim(),
        corners: corners(text),
        ink: getComputedStyle(text).fill.match(/\d+/g).map(Number),
    }));

    // ---- what is beneath ----

    texts.forEach(text => text.remove());
    const image = new Image();
    image.src = URL.createObjectURL(
        new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
    await image.decode();
    const canvas = new OffscreenCanvas(SCALE * width, SCALE * height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(image.src);
    const dots = context.getImageData(0, 0, canvas.width, canvas.height).data;
    const luminance = c => {
        const [r, g, b] = c.map(v => v / 255)
            .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    // How often each colour is there. Of the letters' middle: what is drawn next to a line of text
    // is not beneath it.
    const beneath = ([a, b, , d]) => {
        const colours = new Map();
        const wide = SCALE * Math.hypot(b[0] - a[0], b[1] - a[1]);
        for (let v = 0.3; v <= 0.8; v += 0.07) {
            for (let step = 0; step <= wide; step++) {
                const [x, y] = [0, 1].map(i => Math.floor(
                    SCALE * (a[i] + step / wide * (b[i] - a[i]) + v * (d[i] - a[i]))));
                const i = 4 * (y * canvas.width + x);
                const key = dots[i] << 16 | dots[i + 1] << 8 | dots[i + 2];
                if (x >= 0 && y >= 0 && x < canvas.width && y < canvas.height) {
                    colours.set(key, (colours.get(key) || 0) + 1);
                }
            }
        }
        return colours;
    };
    for (const text of found) {
        const colours = [...beneath(text.corners)].sort((a, b) => b[1] - a[1])
            .map(([key]) => luminance([key >> 16, key >> 8 & 255, key & 255]));
        const ground = colours.length > 0 ? colours[0] : 1;
        text.contrast = contrast(luminance(text.ink), ground);
        text.crossed = Math.max(1, ...colours.map(other => contrast(other, ground)));
    }
    return { size: [width, height], texts: found };
}
