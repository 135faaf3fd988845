using Models.Store;

namespace Appliance.Commands.Update;

/// <summary>Whose gateway the update commands ask: root means the service of the machine, whose user has its home elsewhere.</summary>
internal static class UpdateHome
{
    /// <summary>The home of the machine's service.</summary>
    public const string OfService = "/var/lib/appliance/.appliance";

    /// <summary>The home folder's full path.</summary>
    public static string Path => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("APPLIANCE_HOME")) && Environment.IsPrivilegedProcess && Directory.Exists(OfService) ? OfService : HomeFolder.Path;
}
