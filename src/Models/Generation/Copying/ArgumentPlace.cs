using System.Text;

namespace Models.Generation.Copying;

/// <summary>Follows the bytes of an answer and says of which argument of a call they are the string value, if of any. A call is JSON, and its first string value the tool's name.</summary>
internal sealed class ArgumentPlace
{
    private readonly List<byte> _text = [];
    private bool _isInside, _isEscaped, _isValue, _afterColon;
    private string? _tool;
    private string _name = "";

    /// <summary>The argument whose string value is being written, as <c>tool.argument</c>; null elsewhere.</summary>
    public string? Argument { get; private set; }

    /// <summary>Takes the next byte.</summary>
    public void Take(byte value)
    {
        if (_isInside)
        {
            if (_isEscaped) _isEscaped = false;
            else if (value == '\\') _isEscaped = true;
            else if (value == '"')
            {
                if (!_isValue) _name = Text();
                else _tool ??= Text();
                (_isInside, Argument) = (false, null);
            }
            // Names are short; a value need not be kept.
            if (_text.Count < 64) _text.Add(value);
            return;
        }
        if (value == '"')
        {
            (_isInside, _isValue) = (true, _afterColon);
            Argument = _isValue && _tool is not null ? $"{_tool}.{_name}" : null;
            _text.Clear();
        }
        // Another call.
        if (value == '<') _tool = null;
        if (value > ' ') _afterColon = value == ':';
    }

    private string Text() => Encoding.UTF8.GetString([.. _text]);
}
