using System.Globalization;
using System.Text;

namespace Models.Generation.ToolCalls;

/// <summary>How far a <see cref="CallReader"/> got.</summary>
internal enum CallStatus { Reading, Complete, NoCall, BadJson, UnknownShape, TooDeep }

/// <summary>
/// Reads a call's JSON character by character: either a whole call (<c>{"name": …, "arguments": {…}}</c>, also with
/// <c>parameters</c>, members in any order, others ignored) or, where the name is known, its arguments alone. Arguments given as a JSON
/// string that holds JSON are unwrapped, and raw control characters in their strings escaped.
/// </summary>
internal sealed class CallReader
{
    private const int MaxKeyLength = 32; // longer than any member that means something here

    private enum Slot : byte { None, Name, Id, Arguments, Other }

    private readonly JsonScanner _json = new();
    private readonly int _level;
    private readonly bool _mayBeText;
    private readonly IReadOnlySet<string>? _tools;
    private readonly StringBuilder _key = new();
    private readonly StringBuilder _value = new();
    private Slot _slot;
    private char _first; // of the value in the slot
    private bool _sawArguments;

    /// <summary>Reads a whole call.</summary>
    /// <param name="mayBeText">Whether an object that is no call is ordinary text.</param>
    /// <param name="tools">Where known, the names that make text a call.</param>
    public CallReader(bool mayBeText, IReadOnlySet<string>? tools) => (_level, _mayBeText, _tools) = (1, mayBeText, tools);

    /// <summary>Reads the arguments of a call.</summary>
    public CallReader(string name, string? id = null) => (Name, Id) = (name, id);

    public CallStatus Status { get; private set; }

    /// <summary>The function's name once it is known.</summary>
    public string? Name { get; private set; }

    /// <summary>The id the model gave the call, once it is known.</summary>
    public string? Id { get; private set; }

    /// <summary>The arguments so far.</summary>
    public StringBuilder Arguments { get; } = new();

    /// <summary>True before anything but white space.</summary>
    public bool IsBlank => _json.State == JsonState.Value && _json.Depth == 0;

    /// <summary>True once this is a call and not text that looks like one.</summary>
    public bool IsCall => Name is not null && (!_mayBeText || _sawArguments || _tools is not null);

    /// <summary>Takes the next character while reading; false if it was refused, which the status explains.</summary>
    public bool Push(char c)
    {
        var (before, depth) = (_json.State, _json.Depth);
        if (!_json.Push(c)) return Fail(_json.IsTooDeep ? CallStatus.TooDeep : CallStatus.BadJson);

        if (_slot == Slot.None)
        {
            if (depth == _level && before == JsonState.Value && _json.State != JsonState.Value)
            {
                if (!OpenSlot(c)) return Fail(CallStatus.UnknownShape);
            }
            else if (_json.State == JsonState.Key)
            {
                if (before != JsonState.Key) _key.Clear();
                else if (_key.Length <= MaxKeyLength) _key.Append(c);
            }
            else if (before == JsonState.Key && _mayBeText && !IsKnown(_key.ToString()))
            {
                return Fail(CallStatus.NoCall);
            }
        }
        if (_slot != Slot.None)
        {
            Capture(c, inString: before == _json.State);
            var closed = _json.State == JsonState.End
                || (_json.Depth == _level && _json.State is JsonState.AfterValue or JsonState.NextKey);
            if (closed && !CloseSlot()) return false;
        }
        if (_json.State != JsonState.End) return true;
        if (Name is null || !IsCall) return Fail(CallStatus.UnknownShape);
        if (Arguments.Length == 0) Arguments.Append("{}");
        Status = CallStatus.Complete;
        return true;
    }

    private bool Fail(CallStatus status)
    {
        Status = _mayBeText && !IsCall ? CallStatus.NoCall : status;
        return false;
    }

    private static bool IsKnown(string key) => SlotOf(key) != Slot.Other || key == "type";

    private static Slot SlotOf(string key) => key switch
    {
        "name" => Slot.Name,
        "id" => Slot.Id,
        "arguments" or "parameters" => Slot.Arguments,
        _ => Slot.Other,
    };

    private bool OpenSlot(char first)
    {
        _slot = _level == 0 ? Slot.Arguments : SlotOf(_key.ToString());
        _first = first;
        _value.Clear();
        if (_slot == Slot.Name) return first == '"' && Name is null;
        if (_slot == Slot.Id && first != '"') _slot = Slot.Other;
        if (_slot != Slot.Arguments) return true;
        if (_sawArguments) return false;
        return _sawArguments = first is '{' or '"' or 'n';
    }

    private void Capture(char c, bool inString)
    {
        if (_slot == Slot.Arguments && _first == '{')
        {
            if (c < ' ' && inString && _json.State is JsonState.String or JsonState.Key) Arguments.Append(Escape(c));
            else Arguments.Append(c);
        }
        else if (_slot != Slot.Other && _first == '"') _value.Append(c);
    }

    private bool CloseSlot()
    {
        var slot = _slot;
        _slot = Slot.None;
        if (slot == Slot.Id) Id = Unescape(_value);
        if (slot == Slot.Name)
        {
            var name = Unescape(_value);
            if (name.Length == 0 || (_mayBeText && _tools?.Contains(name) == false)) return Fail(CallStatus.UnknownShape);
            Name = name;
        }
        return slot != Slot.Arguments || _first != '"' || UnwrapArguments() || Fail(CallStatus.UnknownShape);
    }

    private bool UnwrapArguments()
    {
        var text = Unescape(_value).Trim();
        if (text.Length == 0) return true;
        // Every level of wrapping doubles the backslashes, so this goes as deep as the logarithm of the length.
        var inner = new CallReader("arguments");
        foreach (var c in text)
            if (!inner.Push(c)) return false;
        Arguments.Append(inner.Arguments);
        return inner.Status == CallStatus.Complete;
    }

    private static string Escape(char control) => control switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => $"\\u{(int)control:x4}",
    };

    // The text of a JSON string that the scanner found sound, quotes included.
    private static string Unescape(StringBuilder quoted)
    {
        var json = quoted.ToString(1, quoted.Length - 2);
        if (!json.Contains('\\')) return json;
        var text = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                text.Append(json[i]);
                continue;
            }
            i++;
            text.Append(json[i] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)ushort.Parse(json.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                var other => other,
            });
            if (json[i] == 'u') i += 4;
        }
        return text.ToString();
    }
}
