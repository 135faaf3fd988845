namespace Models.Store;

/// <summary>Where all state lives: <c>$APPLIANCE_HOME</c>, by default <c>~/.appliance</c>, readable by its owner alone (mode 0700).</summary>
public static class HomeFolder
{
    /// <summary>The folder's full path; it may not exist yet.</summary>
    public static string Path
    {
        get
        {
            var given = Environment.GetEnvironmentVariable("APPLIANCE_HOME");
            return string.IsNullOrEmpty(given)
                ? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".appliance")
                : System.IO.Path.GetFullPath(given);
        }
    }

    /// <summary>Creates the folder, or a folder below it, with mode 0700 and returns its path.</summary>
    /// <exception cref="ModelException">The folder cannot be created.</exception>
    public static string Ensure(params string[] below) => EnsureFolder(System.IO.Path.Combine([Path, .. below]));

    /// <summary>Creates any folder with mode 0700, with the missing ones above it, and returns its path.</summary>
    public static string EnsureFolder(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
                return path;
            }
            var missing = new Stack<string>();
            for (var folder = path; !string.IsNullOrEmpty(folder) && !Directory.Exists(folder); folder = System.IO.Path.GetDirectoryName(folder)) missing.Push(folder);
            // One by one: of several at once the runtime gives the mode to the last alone.
            foreach (var folder in missing) Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return path;
        }
        catch (IOException e) when (Disk.IsFull(e))
        {
            throw new ModelException($"Cannot create {path}: the disk is full. Free some space, or set APPLIANCE_HOME to a larger disk.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot create {path}: {e.Message} Set APPLIANCE_HOME to a folder you may write to.", e);
        }
    }
}
