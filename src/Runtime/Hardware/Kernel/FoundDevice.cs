namespace Runtime.Hardware.Kernel;

/// <summary>Something that this machine has, whether the settings name it or not. Immutable.</summary>
/// <param name="At">Its address as settings take it; … stands for what the machine does not say.</param>
/// <param name="What">What the kernel says of it.</param>
public sealed record FoundDevice(string At, string What);
