using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Appliance.Commands;

/// <summary>
/// Where a command writes. Results go to <see cref="Output"/>, everything else to <see cref="Error"/>; colours and moving lines only
/// where a person looks on (a terminal, no <c>NO_COLOR</c>, not <c>TERM=dumb</c>).
/// </summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Progress, hints and warnings.</param>
/// <param name="Colours">Results may be coloured.</param>
/// <param name="Live">Progress may move on one line.</param>
/// <param name="Width">Columns.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, bool Colours, bool Live, int Width)
{
    /// <summary>The terminal of a command: the console as it is, or the plain writers a test put into the configuration.</summary>
    public static Terminal Of(ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var smart = Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        var colours = smart && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var live = smart && ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
        return new Terminal(
            output, error, colours && ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected, live, live ? Columns() : 80);
    }

    /// <summary>Bold where colours are on.</summary>
    public string Bold(string text) => Style(text, "1");

    /// <summary>Red where colours are on.</summary>
    public string Red(string text) => Style(text, "31");

    /// <summary>Writes a line of a result; what a model file or a server wrote into it cannot steer the terminal.</summary>
    public void WriteLine(string text = "") => Output.WriteLine(Clean(text));

    /// <summary>Writes a piece of a text at once; its lines and tabs stay.</summary>
    public void WritePiece(string text)
    {
        Output.Write(string.Join('\n', text.Split('\n').Select(line => string.Join('\t', line.Split('\t').Select(Clean)))));
        Output.Flush();
    }

    /// <summary>Writes a line beside the result, likewise.</summary>
    public void Note(string text) => Error.WriteLine(Clean(text));

    /// <summary>Writes rows in columns as wide as their widest cell, two blanks between them, the head in bold.</summary>
    public void WriteTable(string[] head, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, head.Length).Select(i => rows.Append(head).Max(row => Clean(row[i]).Length)).ToArray();
        Output.WriteLine(Bold(Line(head)));
        foreach (var row in rows) Output.WriteLine(Line(row));

        string Line(string[] cells) => string.Join("  ", cells.Select((cell, i) => Clean(cell).PadRight(widths[i]))).TrimEnd();
    }

    /// <summary>Writes JSON as it came: on one line, or indented where a person looks on.</summary>
    public void WriteJson(JsonElement value)
    {
        var looksOn = ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected;
        var options = new JsonWriterOptions { Indented = looksOn, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, options))
        {
            if (value.ValueKind == JsonValueKind.Undefined) json.WriteNullValue();
            else value.WriteTo(json);
        }
        if (looksOn) WritePiece(Encoding.UTF8.GetString(text.WrittenSpan) + "\n");
        else Output.WriteLine(Encoding.UTF8.GetString(text.WrittenSpan));
    }

    /// <summary>The text without control characters, the C1 range and line separators included.</summary>
    public static string Clean(string text) =>
        text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? '?' : c)) : text;

    private static bool IsUnsafe(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private string Style(string text, string code) => Colours ? $"\e[{code}m{Clean(text)}\e[0m" : Clean(text);

    private static int Columns()
    {
        try { return Console.WindowWidth is > 0 and var width ? Math.Clamp(width, 40, 200) : 80; }
        catch (IOException) { return 80; }
    }
}
