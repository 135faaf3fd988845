namespace Models.Generation.ToolCalls;

/// <summary>
/// Reads answers that are text but for marks: around reasoning and before calls. Most formats are so, and so is plain text, which has
/// no marks at all.
/// </summary>
internal sealed partial class MarkedParser : AnswerParser
{
    private enum Mode : byte { Text, Reasoning, Section, Header, Call, Malformed }

    private readonly ToolCallFormat _format;
    private readonly IReadOnlySet<string>? _tools;
    private readonly ToolCallSyntax? _bare;
    private readonly MarkerSet _textMarks;
    private readonly MarkerSet _reasoningMarks;
    private Mode _mode;
    private bool _skipSpace;
    private bool _mayBeginBare;

    public MarkedParser(ToolCallFormat format, bool beginsInReasoning, IReadOnlySet<string>? tools) : base(format)
    {
        (_format, _tools) = (format, tools);
        _bare = tools?.Count == 0 ? null : format.Calls.FirstOrDefault(c => c.IsBare);
        var marks = format.Calls.Where(c => !c.IsBare).SelectMany(c => new[] { c.Trigger, c.End }).Where(mark => mark.Length > 0);
        if (format.Reasoning is { } reasoning) marks = marks.Append(reasoning.Begin).Append(reasoning.End);
        _textMarks = new([.. marks.Distinct()]);
        _reasoningMarks = new(format.Reasoning is null ? [] : [format.Reasoning.End]);
        _mayBeginBare = _bare is not null;
        if (beginsInReasoning) (_mode, _skipSpace) = (Mode.Reasoning, true);
    }

    private protected override bool Step(ref ReadOnlySpan<char> text, bool final)
    {
        if (_mode >= Mode.Section && Room <= 0)
        {
            GiveUp(MalformedReason.TooLong);
            return true;
        }
        return _mode switch
        {
            Mode.Section => ReadSection(ref text, final),
            Mode.Header => ReadHeader(ref text, final),
            Mode.Call => ReadCall(ref text),
            Mode.Malformed => ReadMalformed(ref text, final),
            _ => ReadText(ref text, final),
        };
    }

    private protected override void End()
    {
        if (_mode == Mode.Malformed) EndMalformed();
        else if (_mode is Mode.Header or Mode.Call || (_mode == Mode.Section && IsFirstCall)) GiveUp(MalformedReason.Truncated);
    }

    private bool ReadText(ref ReadOnlySpan<char> text, bool final)
    {
        if (_skipSpace)
        {
            Take(ref text, LeadingSpace(text));
            if (text.Length == 0) return false;
            _skipSpace = false;
        }
        if (_mode == Mode.Text && _mayBeginBare)
        {
            var space = LeadingSpace(text);
            if (space == text.Length && space <= MaxSpace && !final) return false;
            _mayBeginBare = false;
            if (space <= MaxSpace && space < text.Length && text[space] == '{')
            {
                ReportMarkup();
                Take(ref text, space);
                BeginSection(_bare!);
                return true;
            }
        }

        var isReasoning = _mode == Mode.Reasoning;
        if (ReadText(isReasoning ? _reasoningMarks : _textMarks, ref text, isReasoning, final) is not { } mark) return false;
        var syntax = isReasoning ? null : Find(mark, isJson: true) ?? Find(mark, isJson: false);
        if (syntax?.MayBeText != true) ReportMarkup();
        Take(ref text, mark.Length);
        if (isReasoning) BeginText();
        else if (syntax is not null) BeginSection(syntax);
        else if (mark == _format.Reasoning?.Begin) (_mode, _skipSpace) = (Mode.Reasoning, true);
        // Else it is an end that nothing began.
        return true;
    }

    private ToolCallSyntax? Find(string trigger, bool isJson) =>
        _format.Calls.FirstOrDefault(c => c.Trigger == trigger && c.IsJson == isJson);

    private void BeginText() => (_mode, _skipSpace, _mayBeginBare) = (Mode.Text, true, _bare is not null);
}
