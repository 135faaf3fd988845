using System.Globalization;
using System.Runtime.InteropServices;

namespace Appliance.FirstBoot.Applying;

/// <summary>
/// Works in the home of the service's user as that user, not as root: what lies there the service may have put there, a link to a file of
/// root's among it. By setfsuid(2) and setfsgid(2), which hold for one thread, so that one is made for it.
/// </summary>
internal static partial class ServiceUser
{
    /// <summary>The user of the service.</summary>
    public const string Name = "appliance";

    /// <summary>Does something as the user where this is root and the system has the user; as who this is otherwise.</summary>
    /// <param name="files">The box, whose own list of users counts.</param>
    /// <param name="action">What to do; it must not go on in another thread.</param>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void Run(BoxFiles files, Action action)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || Find(files) is not var (user, group))
        {
            action();
            return;
        }
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                // Each answers with the id before it, so that a second call tells whether the first one worked.
                _ = SetGroup(group);
                _ = SetUser(user);
                if (SetGroup(group) != group || SetUser(user) != user) throw new IOException($"Cannot write files as the user {Name}.");
                action();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        if (fault is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
    }

    // passwd(5): name:password:uid:gid:…
    private static (uint User, uint Group)? Find(BoxFiles files)
    {
        foreach (var line in files.Read("/etc/passwd").Split('\n'))
        {
            if (line.Split(':') is [Name, _, var user, var group, ..] && uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) && uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var gid))
                return (uid, gid);
        }
        return null;
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial uint SetUser(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    private static partial uint SetGroup(uint group);
}
