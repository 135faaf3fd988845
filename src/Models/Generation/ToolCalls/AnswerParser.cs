using System.Text;

namespace Models.Generation.ToolCalls;

/// <summary>
/// Turns the text of one answer, as it arrives, into text, reasoning and tool calls. How the text is cut into pieces makes no
/// difference to what the events say in sum, and of the format's marks not even half is shown as text. Never throws for what a model
/// writes, loses none of it, and takes time linear in it. Not safe for several threads.
/// </summary>
public abstract class AnswerParser
{
    /// <summary>The longest text of one call, marks included, in UTF-16 units.</summary>
    public const int MaxCallLength = 1 << 20;

    /// <summary>How much white space before a mark belongs to the mark, and waits until it is decided.</summary>
    private protected const int MaxSpace = 16;

    private readonly ToolCallFormat _format;
    private readonly StringBuilder _call = new(); // the call being read, and marks that no event has carried yet
    private List<AnswerEvent> _events = [];
    private string _held = "";
    private int _reported; // how much of _call events have carried
    private int _reportedArguments;
    private (string Id, string Name)? _started;
    private int _index;

    private protected AnswerParser(ToolCallFormat format) => _format = format;

    /// <summary>Adds a piece of the answer; returns what is decided by now.</summary>
    public IReadOnlyList<AnswerEvent> Append(string text)
    {
        Run(text, final: false);
        return TakeEvents();
    }

    /// <summary>Ends the answer, whether the model ended it or not; returns what was held back. Nothing may follow.</summary>
    public IReadOnlyList<AnswerEvent> Finish()
    {
        Run("", final: true);
        End();
        ReportMarkup();
        return TakeEvents();
    }

    /// <summary>Reads some of the text; false where more is needed to decide how it goes on. The last time, it reads all.</summary>
    private protected abstract bool Step(ref ReadOnlySpan<char> text, bool final);

    /// <summary>Decides what is still open at the end of the answer.</summary>
    private protected abstract void End();

    private void Run(string text, bool final)
    {
        if (_held.Length > 0) text = _held + text;
        var rest = text.AsSpan();
        while (rest.Length > 0 && Step(ref rest, final)) { }
        _held = rest.ToString();
    }

    private List<AnswerEvent> TakeEvents()
    {
        var events = _events;
        _events = [];
        return events;
    }

    /// <summary>How much more the call being read may hold.</summary>
    private protected int Room => MaxCallLength - _call.Length;

    /// <summary>The text of the call being read.</summary>
    private protected string CallText => _call.ToString();

    /// <summary>Its length.</summary>
    private protected int CallLength => _call.Length;

    /// <summary>The number of calls that have started.</summary>
    private protected int CallCount => _index;

    /// <summary>Moves text to the call being read.</summary>
    private protected void Take(ref ReadOnlySpan<char> text, int length)
    {
        _call.Append(text[..length]);
        text = text[length..];
    }

    private string TakeRaw()
    {
        var raw = _call.ToString(_reported, _call.Length - _reported);
        _reported = _call.Length;
        return raw;
    }

    private void Clear()
    {
        _call.Clear();
        (_reported, _reportedArguments, _started) = (0, 0, null);
    }

    /// <summary>What was taken turned out to be marks.</summary>
    private protected void ReportMarkup()
    {
        if (_reported < _call.Length) _events.Add(new AnswerMarkup(TakeRaw()));
        Clear();
    }

    /// <summary>What was taken turned out to be text.</summary>
    private protected void ReportCallAsText()
    {
        var text = CallText;
        Clear();
        Report(text, isReasoning: false);
    }

    /// <summary>Text to show, or reasoning.</summary>
    private protected void Report(ReadOnlySpan<char> text, bool isReasoning)
    {
        if (text.Length == 0) return;
        ReportMarkup();
        Report(text.ToString(), text.ToString(), isReasoning);
    }

    /// <summary>A blank line between two messages of one answer, in place of the marks taken.</summary>
    private protected void ReportBlankLine(bool isReasoning)
    {
        Report("\n\n", TakeRaw(), isReasoning);
        Clear();
    }

    private void Report(string text, string raw, bool isReasoning) =>
        _events.Add(isReasoning ? new ReasoningDelta(text, raw) : new TextDelta(text, raw));

    /// <summary>Moves text to a call while it goes on like one, and reports what is new. The reader's status tells why it stopped.</summary>
    private protected void ReadCall(CallReader reader, ref ReadOnlySpan<char> text)
    {
        var length = 0;
        var room = Math.Min(text.Length, Room);
        while (length < room && reader.Status == CallStatus.Reading && reader.Push(text[length])) length++;
        Take(ref text, length);
        ReportCall(reader);
    }

    /// <summary>Reports what is new of a call.</summary>
    private protected void ReportCall(CallReader reader)
    {
        if (!reader.IsCall) return;
        if (_started is null)
        {
            // Only a model that has ids of its own makes them unique.
            var keep = _format.CallIdLength is not null && reader.Id is { } given && _format.AcceptsCallId(given);
            _started = (keep ? reader.Id! : _format.NewCallId(), reader.Name!);
            _events.Add(new ToolCallStarted(_index++, _started.Value.Id, reader.Name!, TakeRaw()));
        }
        if (reader.Arguments.Length > _reportedArguments)
        {
            var delta = reader.Arguments.ToString(_reportedArguments, reader.Arguments.Length - _reportedArguments);
            _reportedArguments = reader.Arguments.Length;
            _events.Add(new ToolCallArguments(_index - 1, delta, TakeRaw()));
        }
        if (reader.Status != CallStatus.Complete) return;
        _events.Add(new ToolCallFinished(_index - 1, _started.Value.Id, _started.Value.Name, reader.Arguments.ToString(), TakeRaw()));
        Clear();
    }

    /// <summary>What was taken turned out to be no call.</summary>
    private protected void ReportMalformed(MalformedReason reason)
    {
        _events.Add(new ToolCallMalformed(_started is null ? null : _index - 1, CallText, reason, TakeRaw()));
        Clear();
    }

    /// <summary>Whether the call being read has started.</summary>
    private protected bool HasStarted => _started is not null;

    /// <summary>The reason behind a status that is an error.</summary>
    private protected static MalformedReason ReasonOf(CallStatus status) => status switch
    {
        CallStatus.BadJson => MalformedReason.BadJson,
        CallStatus.TooDeep => MalformedReason.TooDeep,
        _ => MalformedReason.UnknownShape,
    };

    /// <summary>
    /// Reports text up to the first mark or, where there is none, up to what may be the beginning of one; in either case without the
    /// white space before it.
    /// </summary>
    /// <returns>The mark, now at the front of the text with the space before it taken, or null: more is needed.</returns>
    private protected string? ReadText(MarkerSet marks, ref ReadOnlySpan<char> text, bool isReasoning, bool final)
    {
        var at = marks.Find(text, out var mark);
        var end = at >= 0 ? at : text.Length - (final ? 0 : marks.OpenBeginning(text));
        var shown = at < 0 && (final || marks.IsEmpty) ? end : end - SpaceBefore(text[..end]);
        Report(text[..shown], isReasoning);
        text = text[shown..];
        if (at < 0) return null;
        ReportMarkup();
        Take(ref text, at - shown);
        return mark;
    }

    /// <summary>
    /// Moves text to the call being read up to the first mark or, where there is none, up to what may be the beginning of one.
    /// </summary>
    /// <param name="marks">The marks.</param>
    /// <param name="text">The text.</param>
    /// <param name="room">How much to take at most.</param>
    /// <param name="final">Whether no more text comes.</param>
    /// <returns>The mark, now at the front of the text, or null: more is needed, or the room is gone.</returns>
    private protected string? TakeUntil(MarkerSet marks, ref ReadOnlySpan<char> text, int room, bool final)
    {
        var at = marks.Find(text, out var mark);
        var end = at >= 0 ? at : text.Length - (final ? 0 : marks.OpenBeginning(text));
        if (end >= room)
        {
            Take(ref text, room);
            return null;
        }
        Take(ref text, end);
        return at >= 0 ? mark : null;
    }

    /// <summary>The length of white space at the front of a text.</summary>
    private protected static int LeadingSpace(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExcept(" \t\r\n");
        return length < 0 ? text.Length : length;
    }

    private static int SpaceBefore(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < Math.Min(MaxSpace, text.Length) && text[^(length + 1)] is ' ' or '\t' or '\r' or '\n') length++;
        return length;
    }
}
