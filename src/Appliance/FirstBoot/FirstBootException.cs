using Models;

namespace Appliance.FirstBoot;

/// <summary>The box cannot be set up.</summary>
internal sealed class FirstBootException(string message, Exception? inner = null) : ModelException(message, inner);
