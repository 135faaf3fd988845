using Models;

namespace Appliance.Update;

/// <summary>An update that is refused or cannot be done; nothing was changed.</summary>
internal sealed class UpdateException(string message, Exception? inner = null) : ModelException(message, inner);
