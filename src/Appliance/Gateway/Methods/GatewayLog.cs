using System.Globalization;
using System.Threading.Channels;
using Appliance.Gateway.Protocol;
using Models.Store;

namespace Appliance.Gateway.Methods;

/// <summary>
/// What the gateway decided and why, as JSON lines in <c>logs/gateway.jsonl</c>: who came, who was refused, what was approved. Never a
/// secret, never what was said. Writers do not wait; where they are faster than the disk the oldest lines go. Safe for several threads.
/// </summary>
internal sealed class GatewayLog : IAsyncDisposable
{
    private const long LargestFile = 4 * 1024 * 1024;
    private readonly Channel<LogLine> _lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly TimeProvider _time;
    private readonly Task _writing;

    /// <summary>A log below <paramref name="home"/>.</summary>
    public GatewayLog(string home, TimeProvider time)
    {
        _time = time;
        Path = PathIn(home);
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Where a home's log is.</summary>
    public static string PathIn(string home) => System.IO.Path.Combine(home, "logs", "gateway.jsonl");

    /// <summary>Says something.</summary>
    public void Write(string message, string level = "info") => _lines.Writer.TryWrite(new LogLine(_time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), level, "gateway", message));

    /// <summary>Writes what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAllAsync()
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            try
            {
                HomeFolder.EnsureFolder(System.IO.Path.GetDirectoryName(Path)!);
                if (File.Exists(Path) && new FileInfo(Path).Length > LargestFile) File.Move(Path, Path + ".old", overwrite: true);
                await using var file = DurableFile.OpenToAppend(Path);
                while (_lines.Reader.TryRead(out var line))
                    await file.WriteAsync((byte[])[.. FrameWriter.Payload(line), (byte)'\n']);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or Models.ModelException)
            {
                // A full disk must not stop the gateway; the lines of this round are lost.
                while (_lines.Reader.TryRead(out _)) { }
            }
        }
    }
}

/// <summary>One line.</summary>
internal sealed record LogLine(string Time, string Level, string Subsystem, string Message) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("time", Time).Add("level", Level).Add("subsystem", Subsystem).Add("message", Message);
}
