using Runtime.Canvas;
using Runtime.Canvas.A2ui;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Canvas;

/// <summary>
/// Shows a page beside the conversation it is called in. The page does nothing and reaches nothing: what is shown is shown to whoever reads
/// the answers too. On a node's own screen it reaches somebody else.
/// </summary>
/// <param name="canvas">The panels.</param>
/// <param name="present">Shows a panel of a conversation on a node: node, conversation, panel's name, its A2UI document or null. What it throws as a <see cref="Models.ModelException"/> is told.</param>
public sealed class CanvasTool(CanvasBook canvas, Func<string, string, string, A2uiDocument?, CancellationToken, Task> present) : Tool(
    "canvas", "Show a panel: HTML without scripts, or A2UI 0.8 lines.",
    """
    {"type":"object","properties":{"action":{"enum":["show","remove","list"]},"name":{"type":"string"},"html":{"type":"string"},"a2ui":{"type":"string"},"node":{"type":"string","description":"a node's screen"}},"required":["action"]}
    """)
{
    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Writes;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override bool ReturnsData => false;

    /// <inheritdoc/>
    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => arguments.OptionalText("node") is null ? ToolEffect.Writes : ToolEffect.Outward;

    /// <inheritdoc/>
    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        switch (arguments.Text("action"))
        {
            case "list":
                var names = canvas.Read(context.SessionKey).Panels.Select(panel => $"{panel.Name}: {panel.Title}").ToList();
                return new ToolResult(names.Count > 0 ? string.Join('\n', names) : "There are no panels.");
            case "remove":
                return new ToolResult(canvas.Remove(context.SessionKey, arguments.Text("name")) is null ? "There is no such panel." : "Removed.");
            case "show":
                var (name, node) = (arguments.OptionalText("name") ?? "panel", arguments.OptionalText("node"));
                if (node is not null && context.Person is not null) throw new ToolException("Only the owner's conversations reach nodes.");
                var document = arguments.OptionalText("a2ui") is { } lines ? A2uiDocument.Parse(lines) : null;
                if ((document?.ToHtml() ?? arguments.OptionalText("html")) is { } html) canvas.Put(context.SessionKey, name, null, html);
                else if (node is null) throw new ToolException("The argument html is missing.");
                if (node is not null) await present(node, context.SessionKey, name, document, cancellation);
                return new ToolResult(node is null ? $"Shown as {name}." : $"Shown on {node}.");
            default:
                throw new ToolException("There are the actions show, remove and list.");
        }
    }
}
