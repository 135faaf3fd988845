using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Board;

/// <summary>Something wired to this machine that has a name, and who may use it for what. Immutable.</summary>
/// <param name="Name">As people and models call it.</param>
/// <param name="At">Where it is.</param>
public abstract record DeviceSettings(string Name, DeviceAddress At)
{
    private const string Everybody = "*";

    /// <summary>What it is, in the owner's words.</summary>
    public string? About { get; init; }

    /// <summary>What it may be used for.</summary>
    public PinUse Allow { get; init; } = PinUse.Read;

    /// <summary>People beside the owner who may use it so, by their ids; <c>*</c> is everybody.</summary>
    public IReadOnlyList<string> Who { get; init; } = [];

    /// <summary>True where a person is asked before an agent changes something with it.</summary>
    public bool Asks { get; init; }

    /// <summary>True where somebody may use it so.</summary>
    /// <param name="person">Who; null for the owner.</param>
    /// <param name="use">What for.</param>
    public bool May(string? person, PinUse use) => Allow.HasFlag(use) && (person is null || Who.Contains(Everybody) || Who.Contains(person));

    /// <summary>True where other settings say the same.</summary>
    public bool IsSame(DeviceSettings other) => this with { Who = other.Who } == other && Who.SequenceEqual(other.Who);
}
