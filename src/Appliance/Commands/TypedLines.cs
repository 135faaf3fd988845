namespace Appliance.Commands;

/// <summary>What a person types, line by line, for all who ask: a line that one no longer waits for goes to whoever asks next. One asks at a time.</summary>
/// <param name="reader">Where it comes from.</param>
internal sealed class TypedLines(TextReader reader)
{
    private Task<string?>? _line;

    /// <summary>The keyboard.</summary>
    public static TypedLines Console { get; } = new(System.Console.In);

    /// <summary>The next line; null where the person has left.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellation)
    {
        _line ??= Task.Run(reader.ReadLine, CancellationToken.None);
        var line = await _line.WaitAsync(cancellation);
        _line = null;
        return line;
    }
}
