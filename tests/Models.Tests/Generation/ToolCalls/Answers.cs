using System.Text;
using System.Text.Json;
using Models.Generation.ToolCalls;

namespace Models.Tests.Generation.ToolCalls;

/// <summary>Parses answers, cut in several ways, and says what came of them in a form that is easy to compare.</summary>
internal static class Answers
{
    /// <summary>
    /// The parts of an answer, without markup, one line each: <c>text …</c>, <c>think …</c>, <c>call name arguments</c>,
    /// <c>malformed Reason text</c>. Whatever the cutting.
    /// </summary>
    public static string[] Read(ToolCallFormat format, string answer, string prompt = "", IReadOnlySet<string>? tools = null)
    {
        var whole = Parts(format, [answer], prompt, tools);
        Assert.Equal(whole, Parts(format, answer.Select(c => c.ToString()), prompt, tools));
        return [.. Join(whole.Where(part => part.Kind != "mark")).Select(part => $"{part.Kind} {part.Text}")];
    }

    public sealed record Part(string Kind, string Text, string Raw);

    /// <summary>All parts of an answer, with the raw text of each, neighbours of one kind joined, after checking what always holds.</summary>
    public static List<Part> Parts(ToolCallFormat format, IEnumerable<string> pieces, string prompt = "", IReadOnlySet<string>? tools = null)
    {
        var events = Events(format, pieces, prompt, tools);
        List<Part> parts = [];
        for (int i = 0, calls = 0; i < events.Count; i++)
        {
            parts.Add(events[i] switch
            {
                TextDelta delta => new Part("text", delta.Text, delta.Raw),
                ReasoningDelta delta => new Part("think", delta.Text, delta.Raw),
                AnswerMarkup mark => new Part("mark", "", mark.Raw),
                ToolCallMalformed bad => new Part("malformed", $"{bad.Reason} {bad.Text}", bad.Raw),
                _ => Call(events, ref i, calls++),
            });
        }
        return Join(parts);
    }

    private static List<Part> Join(IEnumerable<Part> parts)
    {
        List<Part> joined = [];
        foreach (var part in parts)
        {
            if (joined.Count > 0 && joined[^1].Kind == part.Kind && part.Kind is "text" or "think" or "mark")
                joined[^1] = new(part.Kind, joined[^1].Text + part.Text, joined[^1].Raw + part.Raw);
            else joined.Add(part);
        }
        return joined;
    }

    /// <summary>The events themselves, after checking that nothing of the answer is lost.</summary>
    public static List<AnswerEvent> Events(
        ToolCallFormat format, IEnumerable<string> pieces, string prompt = "", IReadOnlySet<string>? tools = null)
    {
        var parser = format.CreateParser(prompt, tools);
        List<AnswerEvent> events = [];
        var input = new StringBuilder();
        foreach (var piece in pieces)
        {
            input.Append(piece);
            events.AddRange(parser.Append(piece));
        }
        events.AddRange(parser.Finish());
        Assert.Equal(input.ToString(), string.Concat(events.Select(e => e.Raw)));
        return events;
    }

    // A call from its start to its end, which nothing else interrupts.
    private static Part Call(List<AnswerEvent> events, ref int at, int index)
    {
        var started = Assert.IsType<ToolCallStarted>(events[at]);
        Assert.Equal(index, started.Index);
        Assert.NotEmpty(started.Name);
        var (arguments, raw) = ("", started.Raw);
        for (at++; ; at++)
        {
            raw += events[at].Raw;
            switch (events[at])
            {
                case ToolCallArguments delta:
                    Assert.Equal(started.Index, delta.Index);
                    Assert.NotEmpty(delta.Delta);
                    arguments += delta.Delta;
                    break;
                case ToolCallMalformed bad:
                    Assert.Equal(started.Index, bad.Index);
                    Assert.EndsWith(raw, bad.Text, StringComparison.Ordinal);
                    return new("malformed", $"{bad.Reason} {bad.Text} after {started.Name} {arguments}", raw);
                default:
                    var finished = Assert.IsType<ToolCallFinished>(events[at]);
                    Assert.Equal((started.Index, started.Id, started.Name), (finished.Index, finished.Id, finished.Name));
                    Assert.Equal(arguments, finished.Arguments);
                    using (var json = JsonDocument.Parse(arguments)) Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
                    return new("call", $"{started.Name} {arguments}", raw);
            }
        }
    }
}
