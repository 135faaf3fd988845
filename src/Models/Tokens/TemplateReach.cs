using System.Text.Json.Nodes;

namespace Models.Tokens;

/// <summary>
/// What of a prompt's beginning a chat template passes on to its model. Found out by rendering a little of each: some templates know no
/// system message, and a model that knows its tools by heart is told no more than which there are, or nothing.
/// </summary>
/// <param name="System">Instructions.</param>
/// <param name="Tools">What tools do, and what arguments they take.</param>
public sealed record TemplateReach(bool System, bool Tools)
{
    /// <summary>Everything.</summary>
    public static TemplateReach All { get; } = new(true, true);

    private const string Probe = "a0b1c2d3";

    /// <summary>That of a template.</summary>
    public static TemplateReach Of(ChatTemplate template) => new(
        Shows(template, new JsonArray(Message("system", Probe), Message("user", "x")), null),
        Shows(template, new JsonArray(Message("user", "x")), new JsonArray(new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = "x", ["description"] = Probe, ["parameters"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() } },
        })));

    private static bool Shows(ChatTemplate template, JsonArray messages, JsonArray? tools)
    {
        try
        {
            return template.Render(new JsonObject { ["messages"] = messages, ["tools"] = tools, ["add_generation_prompt"] = true, ["bos_token"] = "", ["eos_token"] = "" }).Contains(Probe, StringComparison.Ordinal);
        }
        catch (TemplateException)
        {
            // It may want something else of a conversation; the conversation itself will show what.
            return true;
        }
    }

    private static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };
}
