using Models.Budget;
using Models.Generation;
using Models.Store;

namespace Models.Catalogue;

/// <summary>Reads this machine: its memory, its disk, and how fast it is. The built-in model is the yardstick.</summary>
public static class MachineAdvice
{
    // What the built-in model does on the reference machine, two threads, in tokens a second (docs/figures.md).
    private const double ReferenceSpeed = 2100;

    // Enough for a speed that is right by a tenth, in a fraction of a second.
    private const int Tokens = 96;

    /// <summary>What of the catalogue this machine could run, the best choice first.</summary>
    /// <param name="models">Its models.</param>
    /// <param name="memory">Its memory, or what is supposed of it.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ModelException">The built-in model cannot be loaded.</exception>
    public static async Task<IReadOnlyList<ModelAdvice>> MakeAsync(IModelHost models, MemorySnapshot memory, CancellationToken cancellation) =>
        ModelAdvice.For(memory, Disk.FreeSpace(models.Store.Home), await MeasureAsync(models, cancellation) / ReferenceSpeed);

    /// <summary>Tokens a second of the built-in model here; null where the program has none.</summary>
    public static async Task<double?> MeasureAsync(IModelHost models, CancellationToken cancellation)
    {
        if (models.Store.BuiltIn is null) return null;
        var model = await models.LoadAsync(BuiltInModel.Name, cancellation);
        // Drawn at random: what repeats itself would be guessed ahead, and be faster than any other text.
        var options = new GenerationOptions { MaxTokens = Tokens, IgnoreEndOfAnswer = true, Temperature = 2, Seed = 1 };
        double? speed = null;
        await foreach (var step in model.GenerateAsync(model.Tokenizer.Encode("hello", addSpecialTokens: false), options, cancellation))
            if (step.Timings is { CompletionTokens: > 1, Decode: var decode } timings && decode > TimeSpan.Zero) speed = (timings.CompletionTokens - 1) / decode.TotalSeconds;
        return speed;
    }
}
