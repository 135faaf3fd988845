using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Models.Import;
using Models.Store;

namespace Appliance.Commands.Models;

internal static partial class ModelsCommand
{
    private static void WriteJson<T>(Terminal terminal, T value, JsonTypeInfo<T> type) => terminal.Output.WriteLine(JsonSerializer.Serialize(value, type));

    private static ModelEntry Entry(InstalledModel model) => new(
        model.Manifest.Name, model.Manifest.Kind, model.Manifest.Architecture, model.Manifest.Parameters, model.Manifest.Quantization, model.Manifest.ContextLength,
        model.Manifest.License, Size(model), model.Manifest.InstalledAt, model.Manifest.Source, model.Folder);
}

/// <summary>An installed model, as <c>list --json</c> prints it; sizes in bytes.</summary>
internal sealed record ModelEntry(
    string Name, ModelKind Kind, string Architecture, long Parameters, string Quantization, int ContextLength, string? License, long Size,
    DateTimeOffset InstalledAt, string Source, string Folder);

/// <summary>What <c>show --json</c> prints.</summary>
internal sealed record ModelDetails(ModelEntry Model, IReadOnlyList<ModelFile> Files, MemoryNeed? Memory);

/// <summary>What a model needs in memory, bytes.</summary>
internal sealed record MemoryNeed(long WeightBytes, long KvBytesPerToken, IReadOnlyList<ContextNeed> AtContext);

/// <summary>What it needs with so many tokens of context.</summary>
internal sealed record ContextNeed(int Tokens, long Bytes);

/// <summary>What <c>pull --json</c> and <c>import --json</c> print.</summary>
internal sealed record InstallReport(ModelEntry Model, IReadOnlyList<QuantizationLoss> Losses, Download? Download);

/// <summary>One model of what <c>verify --json</c> prints.</summary>
internal sealed record VerifyReport(string Name, bool Ok, IReadOnlyList<DamagedFile> Damaged);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<ModelEntry>))]
[JsonSerializable(typeof(ModelDetails))]
[JsonSerializable(typeof(InstallReport))]
[JsonSerializable(typeof(List<VerifyReport>))]
[JsonSerializable(typeof(PlanReport))]
[JsonSerializable(typeof(List<AdviceEntry>))]
internal sealed partial class ModelsJson : JsonSerializerContext;
