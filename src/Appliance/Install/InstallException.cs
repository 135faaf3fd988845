using Models;

namespace Appliance.Install;

/// <summary>The program cannot be installed as a service, or taken out again.</summary>
internal sealed class InstallException(string message, Exception? inner = null) : ModelException(message, inner);
