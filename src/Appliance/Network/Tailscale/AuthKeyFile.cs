using Models;

namespace Appliance.Network.Tailscale;

/// <summary>A file with an auth key of Tailscale's, which is good once and gone after that. The key itself is never read here: the command gets the file's name.</summary>
internal sealed class AuthKeyFile
{
    private const long Longest = 4096;

    private AuthKeyFile(string path) => Path = path;

    /// <summary>Its whole path.</summary>
    public string Path { get; }

    /// <summary>Looks at it.</summary>
    /// <exception cref="ModelException">It is not there, empty, or others than its owner can read it.</exception>
    public static AuthKeyFile Open(string path)
    {
        var file = new FileInfo(System.IO.Path.GetFullPath(path));
        if (!file.Exists) throw new ModelException($"There is no file {file.FullName} with an auth key. Make one at https://login.tailscale.com/admin/settings/keys and write it there, with mode 0600.");
        if (file.LinkTarget is not null) throw new ModelException($"{file.FullName} is a link, and would be erased in place of the key. Name the file itself.");
        if (file.Length is 0 or > Longest) throw new ModelException($"{file.FullName} is no file with an auth key: it has {file.Length} bytes.");
        if (!OperatingSystem.IsWindows() && (file.UnixFileMode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            throw new ModelException($"Others than its owner may use {file.FullName}, so the key in it may be known to them. Make a new key, and `chmod 600` the file before it is written.");
        return new(file.FullName);
    }

    /// <summary>Writes over it and removes it.</summary>
    /// <exception cref="ModelException">It cannot be.</exception>
    public void Erase()
    {
        try
        {
            using (var file = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.None, 0))
            {
                file.Write(new byte[file.Length]);
                file.Flush(flushToDisk: true);
            }
            File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Tailscale is connected, but {Path} with the used auth key cannot be removed: {e.Message} Remove it by hand.", e);
        }
    }
}
