namespace Models.Generation.ToolCalls;

/// <summary>
/// Reads gpt-oss's answers, which are messages of their own: a header that names a channel and perhaps a recipient, then content.
/// Source: the harmony response format (github.com/openai/harmony, docs/format.md). Models slip in headers, so whatever is not
/// recognised in one is passed over.
/// </summary>
internal sealed class HarmonyParser : AnswerParser
{
    public const string Start = "<|start|>";
    public const string Channel = "<|channel|>";
    public const string Constrain = "<|constrain|>";
    public const string Message = "<|message|>";
    public const string EndOfMessage = "<|end|>";
    public const string Call = "<|call|>";
    public const string Return = "<|return|>";
    public const string To = "to=";
    public const string Functions = "functions.";

    private const int MaxHeader = 1024;
    private static readonly MarkerSet HeaderMarks = new(Message, Start, EndOfMessage, Call, Return);
    private static readonly MarkerSet ContentMarks = new(Start, Channel, Constrain, Message, EndOfMessage, Call, Return);
    private static readonly MarkerSet CallMarks = new(Start, Channel, EndOfMessage, Call, Return);

    private enum Mode : byte { Beginning, Header, Content, Call, Malformed }

    private Mode _mode;
    private string _promptHeader = ""; // what the prompt has of the first header
    private bool _isReasoning;
    private bool _skipSpace;
    private bool _sawText;
    private bool _sawReasoning;
    private bool _blankLineDue;
    private CallReader _reader = null!;
    private MalformedReason _reason;

    /// <param name="format">The format.</param>
    /// <param name="prompt">The prompt, whose last message the answer goes on with.</param>
    public HarmonyParser(ToolCallFormat format, string prompt) : base(format)
    {
        var start = prompt.LastIndexOf(Start, StringComparison.Ordinal);
        if (start < 0) return;
        var tail = prompt[(start + Start.Length)..];
        var message = tail.IndexOf(Message, StringComparison.Ordinal);
        if (message >= 0) BeginContent(tail[..message]);
        else if (tail.Contains(Channel, StringComparison.Ordinal) || tail.Contains(To, StringComparison.Ordinal))
            (_mode, _promptHeader) = (Mode.Header, tail);
    }

    private protected override bool Step(ref ReadOnlySpan<char> text, bool final)
    {
        if (_mode >= Mode.Call && Room <= 0)
        {
            ReportMalformed(MalformedReason.TooLong);
            BeginBetween();
            return true;
        }
        return _mode switch
        {
            Mode.Beginning => ReadBeginning(text, final),
            Mode.Header => ReadHeader(ref text, final),
            Mode.Content => ReadContent(ref text, final),
            Mode.Call => ReadCall(ref text, final),
            _ => ReadMalformed(ref text, final),
        };
    }

    private protected override void End()
    {
        if (_mode == Mode.Malformed) ReportMalformed(_reason);
        else if (_mode == Mode.Call) ReportMalformed(MalformedReason.Truncated);
        else if (_mode == Mode.Header && Recipient(Header()) is not null) ReportMalformed(MalformedReason.Truncated);
    }

    // The prompt ends where a header begins; text that does not look like one has none.
    private bool ReadBeginning(ReadOnlySpan<char> text, bool final)
    {
        var space = LeadingSpace(text);
        var first = text[space..];
        var isOpen = first.Length < To.Length && (To.AsSpan().StartsWith(first) || first is "<");
        if (isOpen && space <= MaxSpace && !final) return false;
        _mode = space <= MaxSpace && (first.StartsWith(To) || first.StartsWith("<|")) ? Mode.Header : Mode.Content;
        return true;
    }

    private string Header() => _promptHeader + CallText;

    private bool ReadHeader(ref ReadOnlySpan<char> text, bool final)
    {
        var room = MaxHeader - CallLength;
        if (room <= 0)
        {
            ReportCallAsText();
            (_mode, _promptHeader, _sawText) = (Mode.Content, "", true);
            return true;
        }
        if (TakeUntil(HeaderMarks, ref text, room, final) is not { } mark) return CallLength == MaxHeader;
        var header = Header();
        Take(ref text, mark.Length);
        _promptHeader = "";
        if (mark == Message) BeginContent(header);
        else if (Recipient(header) is not null)
        {
            ReportMalformed(MalformedReason.UnknownShape);
            BeginBetween();
        }
        else if (mark == Start) ReportMarkup();
        else BeginBetween();
        return true;
    }

    private void BeginContent(string header)
    {
        if (Recipient(header) is { } recipient)
        {
            var name = recipient.StartsWith(Functions, StringComparison.Ordinal) ? recipient[Functions.Length..] : recipient;
            (_mode, _reader) = (Mode.Call, new(name));
            ReportCall(_reader);
            return;
        }
        var channel = header.AsSpan(header.LastIndexOf(Channel, StringComparison.Ordinal) is >= 0 and var at ? at + Channel.Length : 0);
        BeginContent(isReasoning: channel.TrimStart().StartsWith("analysis"));
    }

    private void BeginContent(bool isReasoning)
    {
        (_mode, _isReasoning, _skipSpace) = (Mode.Content, isReasoning, false);
        _blankLineDue = isReasoning ? _sawReasoning : _sawText;
    }

    // White space between messages is nothing; other text there is text.
    private void BeginBetween()
    {
        BeginContent(isReasoning: false);
        _skipSpace = true;
    }

    // The recipient stands in the role's part of a header or in the channel's.
    private static string? Recipient(string header)
    {
        var at = header.LastIndexOf(To, StringComparison.Ordinal);
        if (at < 0) return null;
        var recipient = header.AsSpan(at + To.Length);
        var end = recipient.IndexOfAny(" \t\r\n<");
        if (end >= 0) recipient = recipient[..end];
        return recipient is "" or Functions or "assistant" or "user" ? null : recipient.ToString();
    }

    private bool ReadContent(ref ReadOnlySpan<char> text, bool final)
    {
        if (_skipSpace)
        {
            Take(ref text, LeadingSpace(text));
            if (text.Length == 0) return false;
            _skipSpace = false;
        }
        var at = ContentMarks.Find(text, out var mark);
        var length = at >= 0 ? at : text.Length - (final ? 0 : ContentMarks.OpenBeginning(text));
        if (length > 0)
        {
            if (_blankLineDue) ReportBlankLine(_isReasoning);
            _blankLineDue = false;
            if (_isReasoning) _sawReasoning = true;
            else _sawText = true;
            Report(text[..length], _isReasoning);
            text = text[length..];
        }
        if (at < 0) return false;
        if (mark is Start or Channel) _mode = Mode.Header;
        else if (mark is not (Message or Constrain)) BeginBetween();
        if (_mode == Mode.Header) ReportMarkup();
        Take(ref text, mark.Length);
        return true;
    }

    private bool ReadCall(ref ReadOnlySpan<char> text, bool final)
    {
        if (_reader.IsBlank)
        {
            // Some models write nothing for no arguments.
            Take(ref text, Math.Min(Room, LeadingSpace(text)));
            if (!final && text.Length > 0 && CallMarks.OpenBeginning(text) == text.Length) return false;
            if (CallMarks.At(text) is not null)
            {
                _reader.Push('{');
                _reader.Push('}');
                ReportCall(_reader);
                BeginBetween();
                return true;
            }
        }
        ReadCall(_reader, ref text);
        if (_reader.Status == CallStatus.Complete) BeginBetween();
        else if (_reader.Status != CallStatus.Reading) (_mode, _reason) = (Mode.Malformed, ReasonOf(_reader.Status));
        return true;
    }

    private bool ReadMalformed(ref ReadOnlySpan<char> text, bool final)
    {
        if (TakeUntil(CallMarks, ref text, Room, final) is not { } mark) return Room <= 0;
        if (mark is not (Start or Channel)) Take(ref text, mark.Length);
        ReportMalformed(_reason);
        BeginBetween();
        return true;
    }
}
