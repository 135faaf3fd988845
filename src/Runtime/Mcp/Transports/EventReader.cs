using System.Text;

namespace Runtime.Mcp.Transports;

/// <summary>Server-sent events (HTML, "9.2.6 Interpreting an event stream"), read with a bound. For one thread.</summary>
/// <param name="stream">The body of an answer.</param>
/// <param name="longest">Longest event, bytes.</param>
internal sealed class EventReader(Stream stream, int longest)
{
    private readonly byte[] _buffer = new byte[8 * 1024];
    private readonly List<byte> _line = [];
    private int _at, _end;
    private bool _wasReturn;

    /// <summary>The id of the last event that had one, or null.</summary>
    public string? LastId { get; private set; }

    /// <summary>How long the server wants a client to wait before it comes again, or null.</summary>
    public TimeSpan? Retry { get; private set; }

    /// <summary>The data of the next event that has some; null at the end.</summary>
    /// <exception cref="McpException">An event is too long.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<string?> NextAsync(CancellationToken cancellation)
    {
        StringBuilder? data = null;
        while (await LineAsync(cancellation) is { } line)
        {
            if (line.Length == 0)
            {
                // An event without data only says where to go on from.
                if (data is { Length: > 1 }) return data.ToString(0, data.Length - 1);
                data = null;
                continue;
            }
            var colon = line.IndexOf(':');
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            if (value.StartsWith(' ')) value = value[1..];
            switch (field)
            {
                case "data":
                    data ??= new StringBuilder();
                    if (data.Length + value.Length > longest) throw TooLong();
                    data.Append(value).Append('\n');
                    break;
                case "id" when !value.Contains('\0'):
                    LastId = value;
                    break;
                case "retry" when value.Length is > 0 and < 8 && value.All(char.IsAsciiDigit):
                    Retry = TimeSpan.FromMilliseconds(int.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
                    break;
            }
        }
        return null;
    }

    // Lines end in CR, LF or both.
    private async Task<string?> LineAsync(CancellationToken cancellation)
    {
        _line.Clear();
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await stream.ReadAsync(_buffer, cancellation));
                // What is not ended by an empty line was cut off.
                if (_end == 0) return null;
            }
            if (_wasReturn && _buffer[_at] == '\n') _at++;
            _wasReturn = false;
            var rest = _buffer.AsSpan(_at.._end);
            var stop = rest.IndexOfAny((byte)'\r', (byte)'\n');
            _line.AddRange(stop < 0 ? rest : rest[..stop]);
            if (_line.Count > longest) throw TooLong();
            if (stop < 0)
            {
                _at = _end;
                continue;
            }
            _wasReturn = rest[stop] == '\r';
            _at += stop + 1;
            return Encoding.UTF8.GetString([.. _line]);
        }
    }

    private McpException TooLong() => new($"it sent a message of more than {longest} bytes");
}
