using Models;

namespace Appliance.Config;

/// <summary>The file has changed since the change was made for it.</summary>
internal sealed class ConfigConflictException() : ModelException("The configuration has changed meanwhile. Read it again, and make the change again.");
