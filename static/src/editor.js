// PromQL with colours and completion; names come from the data source, through the server.
import { acceptCompletion, autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";

const { dataset } = document.body;
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
  if (!area.value && area.id === "query-0-1") view.focus();
}

const start = (root) => root.querySelectorAll("[data-code=promql]").forEach(edit);
document.addEventListener("swapped", (event) => start(event.detail));
start(document);
