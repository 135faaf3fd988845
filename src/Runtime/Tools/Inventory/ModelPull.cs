using Models.Store;

namespace Runtime.Tools.Inventory;

/// <summary>A model on its way to this box. Safe for several threads.</summary>
/// <param name="name">What it is called.</param>
public sealed class ModelPull(string name) : IProgress<PullProgress>
{
    private volatile string _state = "being pulled";
    private volatile bool _isRunning = true;

    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>How far it is, or why it is not here.</summary>
    public string State => _state;

    /// <summary>False once it cannot come any more.</summary>
    public bool IsRunning => _isRunning;

    /// <summary>The work.</summary>
    internal Task? Running { get; set; }

    /// <inheritdoc/>
    public void Report(PullProgress value) => _state = $"{ByteSize.Format(value.Done)}{(value.Total is { } total ? $" of {ByteSize.Format(total)}" : "")} pulled";

    /// <summary>It could not be had.</summary>
    internal void Fail(string why) => (_state, _isRunning) = ($"could not be pulled: {why}", false);
}
