// PromQL with colours and completion; names come from the data source, through the server.
import { acceptCompletion, autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";

const { dataset } = document.body;
const views = new WeakMap(); // by their text areas
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: "tok-keyword" },
  { tag: [tags.string, tags.number], class: "tok-string" },
  { tag: [tags.function(tags.variableName)], class: "tok-function" },
  { tag: tags.labelName, class: "tok-label" },
  { tag: tags.comment, class: "tok-comment" },
]);

function edit(area) {
  const { sourceUid } = area.closest("[data-query]").dataset;
  const promql = new PromQLExtension().activateLinter(false).setComplete({
    remote: { url: `${dataset.root}/api/datasources/proxy/uid/${sourceUid}`, httpMethod: "GET", cache: { maxAge: 60_000 } },
  });
  const keep = (view) => {
    const text = view.state.doc.toString();
    if (text === area.value) return true;
    area.value = text;
    area.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };
  const run = { key: "Mod-Enter", run: keep };
  const extensions = [
    history(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ defaultKeymap: true }),
    EditorView.lineWrapping,
    placeholder(area.placeholder),
    syntaxHighlighting(colours),
    keymap.of([run, { key: "Shift-Enter", run: keep }, { key: "Tab", run: acceptCompletion }, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({ "aria-label": "PromQL" }),
    EditorView.domEventHandlers({ blur: (_event, view) => keep(view) && false }),
    promql.asExtension(),
  ];
  const view = new EditorView({ state: EditorState.create({ doc: area.value, extensions }) });
  area.before(view.dom);
  area.hidden = true;
  views.set(area, { view, sourceUid });
  if (!area.value && area.closest("[data-query='0']")) view.focus();
}

// A form that was brought up to date has other queries in its text areas, or of other data sources.
function renew(area) {
  const { view, sourceUid } = views.get(area) ?? {};
  if (view?.dom.nextSibling === area && sourceUid === area.closest("[data-query]").dataset.sourceUid) {
    const stays = view.hasFocus || view.state.doc.toString() === area.value;
    if (!stays) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.value } });
  } else {
    view?.destroy();
    edit(area);
  }
}

function start(root) {
  for (const one of root.querySelectorAll(".cm-editor")) if (!one.nextElementSibling?.matches("[data-code=promql]")) EditorView.findFromDOM(one)?.destroy();
  root.querySelectorAll("[data-code=promql]").forEach(renew);
}

document.addEventListener("swapped", (event) => start(event.detail));
start(document);
