using System.Text;

namespace Models.Providers;

/// <summary>Lines of a stream, as they come. A line without an end has a limit, so that nobody fills the memory. For one reader.</summary>
/// <param name="stream">Where they come from.</param>
internal sealed class LineReader(Stream stream)
{
    private const int Longest = 4 << 20;
    private byte[] _buffer = new byte[8192];
    private int _start, _end;

    /// <summary>The next line without its end; null at the end of the stream. What comes after the last line's end is none.</summary>
    /// <exception cref="InvalidDataException">A line is too long.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellation)
    {
        for (var searched = _start; ;)
        {
            var end = Array.IndexOf(_buffer, (byte)'\n', searched, _end - searched);
            if (end >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _start, end - _start - (end > _start && _buffer[end - 1] == '\r' ? 1 : 0));
                _start = end + 1;
                return line;
            }
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            searched = _end;
            if (_end == Longest) throw new InvalidDataException("a line of the answer is too long");
            if (_end == _buffer.Length) Array.Resize(ref _buffer, Math.Min(Longest, 2 * _buffer.Length));
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0) return null;
            _end += read;
        }
    }
}
