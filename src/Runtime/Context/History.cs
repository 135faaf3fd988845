using System.Text.Json;
using Microsoft.Extensions.AI;
using Runtime.Sessions;

namespace Runtime.Context;

/// <summary>What of a transcript a model is told. The same lines give the same messages, so that what was computed of them is found again. For one turn.</summary>
internal sealed class History
{
    // A message after a pause of this says when it was written: so the time comes at the end of the prompt, and what was written stays as it was.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(30);

    private const string SummaryRequest = "Sum up what we said before.";

    private readonly List<ChatMessage> _messages = [];
    private readonly TimeZoneInfo? _zone;
    private readonly bool _marksData;
    private long _last;

    /// <summary>What a call's result says where none was written: the machine stopped while it ran.</summary>
    public const string Interrupted =
        "[No result: the program was stopped while this ran, or while it waited for an approval, which is gone. Whether it took effect is not known. Check before you do it again, or say so.]";

    /// <summary>
    /// All that was said up to a turn and in it. Answers follow their own questions, also where the next question came before the answer
    /// was there; questions that got no answer are left out, but for the turn's own; neighbours of one role become one message, because
    /// many chat templates insist that roles take turns; every call has a result.
    /// </summary>
    /// <param name="transcript">The lines, oldest first.</param>
    /// <param name="runId">The turn.</param>
    /// <param name="zone">Where the clock on the wall is read from.</param>
    /// <param name="target">Who is told. One that was never told what marks mean gets no times, and what others wrote as it stands, made harmless.</param>
    public History(IReadOnlyList<SessionMessage> transcript, string runId, TimeZoneInfo zone, ContextTarget target)
    {
        (_zone, _marksData) = (target.KnowsMarks ? zone : null, target.KnowsMarks || !target.CanChat);
        var firstOfRun = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var message in transcript)
        {
            if (message.RunId is { } run) firstOfRun.TryAdd(run, message.Seq);
        }
        var end = firstOfRun.GetValueOrDefault(runId, int.MaxValue);
        var told = transcript.Where(m => !m.OutOfContext).OrderBy(Place).ThenBy(m => m.Seq).TakeWhile(m => Place(m) <= end).ToList();
        for (var i = 0; i < told.Count; i++)
        {
            var message = told[i];
            if (message.RunId == runId && _messages.LastOrDefault()?.Role == ChatRole.User && (i == 0 || told[i - 1].RunId != runId)) _messages.RemoveAt(_messages.Count - 1);
            if (message.Role != SessionMessage.Tool) CloseCalls();
            Add(message);
        }
        CloseCalls();

        // A summary comes before everything that it does not stand for.
        int Place(SessionMessage message) => message.Role == SessionMessage.Summary ? 0 : message.RunId is { } run ? firstOfRun[run] : message.Seq;
    }

    /// <summary>All that is told, oldest first.</summary>
    public IReadOnlyList<ChatMessage> Messages => _messages;

    /// <summary>Adds one more line.</summary>
    public void Add(SessionMessage message)
    {
        var pause = message.Ts - _last;
        // A summary is younger than what follows it.
        if (message.Role != SessionMessage.Summary) _last = message.Ts;
        if (message.Role == SessionMessage.Tool)
        {
            _messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(message.ToolCallId ?? "", _marksData ? DataText.Wrap(message) : DataText.Neutral(message.Text))]));
            return;
        }
        if (message.Role == SessionMessage.Summary) _messages.Add(new ChatMessage(ChatRole.User, SummaryRequest));
        var role = message.Role == SessionMessage.User ? ChatRole.User : ChatRole.Assistant;
        var text = role == ChatRole.User || message.IsData ? DataText.Neutral(message.Text) : message.Text;
        if (role == ChatRole.User && _zone is not null && pause > Pause.TotalMilliseconds)
            text = $"[{TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(message.Ts), _zone):ddd yyyy-MM-dd HH:mm}] {text}";
        if (message.ToolCalls.Count > 0)
        {
            var contents = message.ToolCalls.Select(AIContent (call) => new FunctionCallContent(call.Id, call.Name, ToArguments(call.Arguments)));
            _messages.Add(new ChatMessage(role, text.Length > 0 ? [new TextContent(text), .. contents] : [.. contents]));
        }
        else if (_messages.LastOrDefault() is { } last && last.Role == role && last.Contents.All(c => c is TextContent)) _messages[^1] = new ChatMessage(role, $"{last.Text}\n\n{text}");
        else _messages.Add(new ChatMessage(role, text));
    }

    /// <summary>Leaves the older half out, but for the last question and what follows it. False where there is nothing that could go.</summary>
    public bool Shrink()
    {
        var last = _messages.FindLastIndex(m => m.Role == ChatRole.User);
        // A summary stands for what is gone already: it stays.
        var kept = _messages.Count > 1 && _messages[0].Text == SummaryRequest ? 2 : 0;
        if (last <= kept) return false;
        var first = _messages.FindIndex(Math.Max(kept + 1, (last + 1) / 2), m => m.Role == ChatRole.User);
        _messages.RemoveRange(kept, first - kept);
        return true;
    }

    private void CloseCalls()
    {
        var last = _messages.FindLastIndex(m => m.Role == ChatRole.Assistant);
        if (last < 0) return;
        var answered = _messages.Skip(last + 1).SelectMany(m => m.Contents.OfType<FunctionResultContent>()).Select(r => r.CallId).ToHashSet(StringComparer.Ordinal);
        foreach (var call in _messages[last].Contents.OfType<FunctionCallContent>().Where(c => !answered.Contains(c.CallId)).ToList())
            _messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, Interrupted)]));
    }

    private static Dictionary<string, object?> ToArguments(string json)
    {
        var arguments = new Dictionary<string, object?>();
        foreach (var member in JsonElement.Parse(json).EnumerateObject()) arguments[member.Name] = member.Value;
        return arguments;
    }
}
