using System.Text.Json;
using Models.Generation;
using Models.Import;
using Models.Onnx.Attention;
using Models.Store;
using TestKit;

namespace Models.Tests.Generation;

/// <summary>The real trained models of the reference folder, and what llama.cpp makes of them.</summary>
internal static class GoldenModels
{
    /// <summary>Imports one with its weights as they are.</summary>
    public static void Import(TemporaryFolder folder, string name, Quantization quantization = Quantization.None)
    {
        var file = Directory.GetFiles(Shared.Find("models", name)!, "*.gguf").Single();
        ModelImporter.Import(file, folder.Path, new ImportOptions { Quantization = quantization }, CancellationToken.None);
    }

    /// <summary>Imports and loads one.</summary>
    public static LocalLanguageModel Load(TemporaryFolder folder, string name, EngineOptions? options = null)
    {
        Import(folder, name);
        return new LocalLanguageModel(name, folder.Path, options ?? new EngineOptions());
    }

    /// <summary>Prompts and their greedy tokens.</summary>
    public static IEnumerable<(int[] Prompt, int[] Tokens)> Cases(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Shared.Find("models", "golden", name + "-f32-greedy.json")!));
        foreach (var item in json.RootElement.GetProperty("cases").EnumerateArray())
            yield return (Ints(item.GetProperty("prompt_tokens")), Ints(item.GetProperty("tokens")));
    }

    /// <summary>Bytes of one block of keys and values of an imported model.</summary>
    public static long BlockBytes(TemporaryFolder folder)
    {
        var decoder = GenAiConfig.Read(folder.Path).Model.Decoder;
        return new KvLayout(decoder.NumHiddenLayers, decoder.NumKeyValueHeads, decoder.HeadSize, KvType.Float32).BlockBytes;
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(t => t.GetInt32())];
}
