// A function: the size of an SVG and its texts, in units of its canvas: their words, and their
// corners, turned as they are. The page has nothing else.
source => {
    document.body.innerHTML = source;
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
    return {
        size: [width, height],
        texts: [...svg.querySelectorAll("text")]
            .map(text => ({ words: text.textContent.trim(), corners: corners(text) }))
            .filter(text => text.words),
    };
}
