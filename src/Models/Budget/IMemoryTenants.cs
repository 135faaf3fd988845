namespace Models.Budget;

/// <summary>The models in memory, as the governor sees them. Safe for several threads.</summary>
public interface IMemoryTenants
{
    /// <summary>Every loaded model, the one unused longest first.</summary>
    IReadOnlyList<MemoryTenant> Tenants { get; }

    /// <summary>Unloads the model that has been idle longest; false where none is idle.</summary>
    bool UnloadIdle();

    /// <summary>From now on new work is refused with this reason; null takes it again.</summary>
    void Refuse(string? reason);
}

/// <summary>One loaded model.</summary>
/// <param name="Plan">How much it may use.</param>
/// <param name="User">What can be asked of it; null for one that takes no orders.</param>
public sealed record MemoryTenant(MemoryPlan Plan, IMemoryUser? User);
