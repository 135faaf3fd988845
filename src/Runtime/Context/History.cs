using System.Text.Json;
using Microsoft.Extensions.AI;
using Runtime.Sessions;

namespace Runtime.Context;

/// <summary>What of a transcript a model is told. Pure: the same lines give the same messages, so that what was computed of them is found again.</summary>
internal static class History
{
    /// <summary>What a call's result says where none was written: the machine stopped while it ran.</summary>
    public const string Interrupted =
        "[No result: the program was stopped while this ran. Whether it took effect is not known. Check before you do it again, or say so.]";

    /// <summary>
    /// All that was said up to a turn and in it. Answers follow their own questions, also where the next question came before the answer
    /// was there; questions that got no answer are left out, but for the turn's own; neighbours of one role become one message, because
    /// many chat templates insist that roles take turns; every call has a result.
    /// </summary>
    public static IReadOnlyList<ChatMessage> Of(IReadOnlyList<SessionMessage> transcript, string runId)
    {
        var firstOfRun = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var message in transcript)
        {
            if (message.RunId is { } run) firstOfRun.TryAdd(run, message.Seq);
        }
        var end = firstOfRun.GetValueOrDefault(runId, int.MaxValue);
        var told = transcript.Where(m => !m.OutOfContext).OrderBy(Place).ThenBy(m => m.Seq).TakeWhile(m => Place(m) <= end).ToList();
        var context = new List<ChatMessage>();
        for (var i = 0; i < told.Count; i++)
        {
            var message = told[i];
            if (message.RunId == runId && context.LastOrDefault()?.Role == ChatRole.User && (i == 0 || told[i - 1].RunId != runId)) context.RemoveAt(context.Count - 1);
            if (message.Role != SessionMessage.Tool) CloseCalls(context);
            Add(context, message);
        }
        CloseCalls(context);
        return context;

        // A summary comes before everything that it does not stand for.
        int Place(SessionMessage message) => message.Role == SessionMessage.Summary ? 0 : message.RunId is { } run ? firstOfRun[run] : message.Seq;
    }

    /// <summary>Adds one more line.</summary>
    public static void Add(List<ChatMessage> context, SessionMessage message)
    {
        if (message.Role == SessionMessage.Tool)
        {
            context.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(message.ToolCallId ?? "", DataText.Wrap(message))]));
            return;
        }
        if (message.Role == SessionMessage.Summary) context.Add(new ChatMessage(ChatRole.User, "Sum up what we said before."));
        var role = message.Role == SessionMessage.User ? ChatRole.User : ChatRole.Assistant;
        var text = role == ChatRole.User ? DataText.Neutral(message.Text) : message.Text;
        if (message.ToolCalls.Count > 0)
        {
            var contents = message.ToolCalls.Select(AIContent (call) => new FunctionCallContent(call.Id, call.Name, ToArguments(call.Arguments)));
            context.Add(new ChatMessage(role, text.Length > 0 ? [new TextContent(text), .. contents] : [.. contents]));
        }
        else if (context.LastOrDefault() is { } last && last.Role == role && last.Contents.All(c => c is TextContent)) context[^1] = new ChatMessage(role, $"{last.Text}\n\n{text}");
        else context.Add(new ChatMessage(role, text));
    }

    /// <summary>The newer half, from a question on.</summary>
    public static IReadOnlyList<ChatMessage> Newer(IReadOnlyList<ChatMessage> context) =>
        [.. context.Skip((context.Count + 1) / 2).SkipWhile(m => m.Role != ChatRole.User)];

    private static void CloseCalls(List<ChatMessage> context)
    {
        var last = context.FindLastIndex(m => m.Role == ChatRole.Assistant);
        if (last < 0) return;
        var answered = context.Skip(last + 1).SelectMany(m => m.Contents.OfType<FunctionResultContent>()).Select(r => r.CallId).ToHashSet(StringComparer.Ordinal);
        foreach (var call in context[last].Contents.OfType<FunctionCallContent>().Where(c => !answered.Contains(c.CallId)).ToList())
            context.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, Interrupted)]));
    }

    private static Dictionary<string, object?> ToArguments(string json)
    {
        var arguments = new Dictionary<string, object?>();
        foreach (var member in JsonElement.Parse(json).EnumerateObject()) arguments[member.Name] = member.Value;
        return arguments;
    }
}
