using Models;

namespace Appliance.Backup;

/// <summary>A backup cannot be made, read or put back; nothing was changed.</summary>
internal sealed class BackupException(string message, Exception? inner = null) : ModelException(message, inner);
