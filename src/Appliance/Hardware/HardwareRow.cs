using Runtime.Hardware.Board;

namespace Appliance.Hardware;

/// <summary>Something that happened to a pin or a sensor, with its number. Immutable.</summary>
/// <param name="Number">One more than that of the event before.</param>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Event">What happened.</param>
internal sealed record HardwareRow(long Number, long At, HardwareEvent Event);
