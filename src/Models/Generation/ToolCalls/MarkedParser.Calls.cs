namespace Models.Generation.ToolCalls;

/// <content>What is between the mark that begins calls and the text that follows them.</content>
internal sealed partial class MarkedParser
{
    private ToolCallSyntax _syntax = null!;
    private int _callsBefore;
    private CallReader _reader = null!;
    private MarkerSet _headerMarks = null!;
    private string? _name;
    private int _partAt;
    private MarkerSet _malformedMarks = null!;
    private MalformedReason _reason;

    private bool IsFirstCall => CallCount == _callsBefore;

    private void BeginSection(ToolCallSyntax syntax) => (_mode, _syntax, _callsBefore) = (Mode.Section, syntax, CallCount);

    // Calls one after the other, in an array or not, with any separators, and a bracket too many, which models write.
    private bool ReadSection(ref ReadOnlySpan<char> text, bool final)
    {
        var between = text.IndexOfAnyExcept(IsFirstCall ? " \t\r\n[" : " \t\r\n,;]}");
        Take(ref text, Math.Min(Room, between < 0 ? text.Length : between));
        if (!IsFirstCall) ReportMarkup();
        if (text.Length == 0 || Room <= 0) return true;

        if (text[0] == '{')
        {
            (_mode, _reader) = (Mode.Call, new(_syntax.MayBeText, _tools));
            return true;
        }
        if (text.Length < _syntax.End.Length && _syntax.End.AsSpan().StartsWith(text))
        {
            if (!final) return false;
            Take(ref text, text.Length);
            return true;
        }
        if (_syntax.End.Length > 0 && text.StartsWith(_syntax.End))
        {
            Take(ref text, _syntax.End.Length);
            if (IsFirstCall) ReportMalformed(MalformedReason.UnknownShape);
            BeginText();
            return true;
        }
        if (!IsFirstCall)
        {
            _mode = Mode.Text;
            return true;
        }
        return BeginHeader() || BeginMalformed(MalformedReason.UnknownShape);
    }

    private bool BeginHeader()
    {
        if (Find(_syntax.Trigger, isJson: false) is not { } tagged) return false;
        _headerMarks = new("{", tagged.BeforeArguments, tagged.BeforeId, tagged.Trigger);
        (_mode, _syntax, _name, _partAt) = (Mode.Header, tagged, null, CallLength);
        return true;
    }

    // A name, perhaps an id, and marks between them and the arguments.
    private bool ReadHeader(ref ReadOnlySpan<char> text, bool final)
    {
        if (TakeUntil(_headerMarks, ref text, Room, final) is not { } mark) return Room <= 0;
        var part = CallText[_partAt..].Trim();
        if (part.Length == 0 || part.AsSpan().ContainsAny(" \t\r\n]") || mark == _syntax.Trigger)
            return BeginMalformed(MalformedReason.UnknownShape);
        if (mark == _syntax.BeforeId && _name is null)
        {
            Take(ref text, mark.Length);
            (_name, _partAt) = (part, CallLength);
            return true;
        }
        // Some models leave the mark before the arguments out.
        if (mark == _syntax.BeforeArguments) Take(ref text, mark.Length);
        (_mode, _reader) = (Mode.Call, _name is null ? new(part) : new(_name, id: part));
        return true;
    }

    private bool ReadCall(ref ReadOnlySpan<char> text)
    {
        ReadCall(_reader, ref text);
        switch (_reader.Status)
        {
            case CallStatus.Reading:
                return true;
            case CallStatus.Complete when _syntax.IsJson:
                _mode = Mode.Section;
                return true;
            case CallStatus.Complete:
                BeginText();
                return true;
            default:
                return BeginMalformed(ReasonOf(_reader.Status));
        }
    }

    private bool BeginMalformed(MalformedReason reason)
    {
        if (_syntax.MayBeText && !HasStarted)
        {
            ReportCallAsText();
            _mode = Mode.Text;
            return true;
        }
        _malformedMarks = new(_syntax.IsBare ? [] : [_syntax.End.Length > 0 ? _syntax.End : _syntax.Trigger]);
        (_mode, _reason) = (Mode.Malformed, reason);
        return true;
    }

    // Up to where the call should have ended or another begins.
    private bool ReadMalformed(ref ReadOnlySpan<char> text, bool final)
    {
        if (TakeUntil(_malformedMarks, ref text, Room, final) is not { } mark) return Room <= 0;
        if (mark == _syntax.End) Take(ref text, mark.Length);
        EndMalformed();
        return true;
    }

    private void EndMalformed()
    {
        if (_syntax.HasBuiltins && BuiltinCall.TryRead(CallText.AsSpan(_syntax.Trigger.Length), out var name, out var arguments))
        {
            var reader = new CallReader(name);
            foreach (var c in arguments) reader.Push(c);
            ReportCall(reader);
        }
        else ReportMalformed(_reason);
        BeginText();
    }

    private void GiveUp(MalformedReason reason)
    {
        if (_syntax.MayBeText && !HasStarted) ReportCallAsText();
        else ReportMalformed(reason);
        _mode = Mode.Text;
    }
}
