using System.Net.Sockets;
using Models;
using Models.Store;

namespace Appliance.Hosting;

/// <summary>
/// A home's Unix socket, by which programs of its owner reach the running gateway without a token, and the lock that lets one gateway
/// run on a home: two would write the same transcripts. The kernel drops the lock with the process, so neither can be left behind.
/// </summary>
internal sealed class LocalSocket : IDisposable
{
    // Who only looks whether a gateway runs holds the lock for a moment.
    private const int MostTries = 5;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _lock;
    private readonly string? _elsewhere;

    private LocalSocket(FileStream held, string? path, string? elsewhere) => (_lock, Path, _elsewhere) = (held, path, elsewhere);

    /// <summary>Where it is; null where this disk, or a path that is too long, takes no socket.</summary>
    public string? Path { get; }

    /// <summary>
    /// Where the gateway reaches itself: <see cref="Path"/>, or where there is none a socket of this process among temporary files that nobody else
    /// knows of; null where those take none either. The kernel's lock of offline mode may shut TCP to its own port.
    /// </summary>
    public string? OwnPath => Path ?? (_elsewhere is null ? null : System.IO.Path.Combine(_elsewhere, "gateway.sock"));

    /// <summary>Where a home's socket is, whether or not a gateway runs.</summary>
    public static string PathIn(string home) => System.IO.Path.Combine(home, "gateway", "gateway.sock");

    /// <summary>True where no gateway runs on a home.</summary>
    public static bool IsFree(string home)
    {
        try
        {
            using var look = new FileStream(System.IO.Path.ChangeExtension(PathIn(home), "lock"), FileMode.Open, FileAccess.Read, FileShare.Read);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is FileNotFoundException or DirectoryNotFoundException;
        }
    }

    /// <summary>Takes a home for this process.</summary>
    /// <exception cref="ModelException">Another gateway runs on it.</exception>
    public static LocalSocket Claim(string home)
    {
        var path = PathIn(home);
        HomeFolder.EnsureFolder(System.IO.Path.GetDirectoryName(path)!);
        var held = Lock(System.IO.Path.ChangeExtension(path, "lock"), home);
        return CanBind(path) ? new(held, path, null) : new(held, null, Elsewhere());
    }

    /// <summary>Lets the home go.</summary>
    public void Dispose()
    {
        // Only while the lock is held: after that the path may be another gateway's.
        if (Path is not null && _lock.CanRead) File.Delete(Path);
        if (_elsewhere is not null) Disk.Delete(_elsewhere);
        _lock.Dispose();
    }

    private static FileStream Lock(string path, string home)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException) when (File.Exists(path) && tries < MostTries)
            {
                Thread.Sleep(BetweenTries);
            }
            catch (IOException e) when (File.Exists(path))
            {
                throw new ModelException($"A gateway already runs on {home}. `appliance gateway status` shows it and `appliance gateway stop` ends it; APPLIANCE_HOME chooses another home.", e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelException($"Cannot open {path}: {e.Message}", e);
            }
        }
    }

    // A folder that is this user's alone.
    private static string? Elsewhere()
    {
        try
        {
            var folder = Directory.CreateTempSubdirectory("appliance-").FullName;
            if (CanBind(System.IO.Path.Combine(folder, "gateway.sock"))) return folder;
            Disk.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it asks itself by TCP.
        }
        return null;
    }

    /// <summary>Tries it, and takes away what a gateway that was killed left.</summary>
    private static bool CanBind(string path)
    {
        try
        {
            File.Delete(path);
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Bind(new UnixDomainSocketEndPoint(path));
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
        File.Delete(path);
        return true;
    }
}
