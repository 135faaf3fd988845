using Models.Import.Sources;
using Models.Store;

namespace Models.Import.GenAi;

/// <summary>Checks a folder in ONNX Runtime GenAI's layout made elsewhere, and copies what belongs to the model.</summary>
internal static class GenAiFolder
{
    private const int MostLayers = 4096;

    /// <summary>Imports the folder.</summary>
    /// <exception cref="ImportException">A file is missing, damaged or outside the folder, or the configuration and the graph disagree.</exception>
    /// <exception cref="StoreException">The configuration cannot be read.</exception>
    public static ImportReport Import(string source, string target, ImportOptions options, CancellationToken cancellation)
    {
        var config = ReadConfig(source);
        if (options.Quantization != Quantization.Auto)
            throw new ImportException($"{source} is an ONNX model already; its weights stay as they are. Leave the quantization out.");
        if (!TokenizerFiles.ExistIn(source)) throw TokenizerFiles.Missing(source);
        var graphName = config.Model.Decoder.FileName;
        var summary = OnnxFiles.ReadGraph(OnnxFiles.Find(source, graphName));
        CheckNames(config.Model.Decoder, summary, source);

        var files = new List<string> { GenAiConfig.FileName, graphName };
        files.AddRange(OnnxFiles.RequireData(source, graphName, summary));
        files.AddRange(TokenizerFiles.Names.Where(name => File.Exists(Path.Combine(source, name))));

        OnnxFiles.Copy(source, target, files.Distinct().ToList(), options.Progress, cancellation);
        TokenizerFiles.Check(target, config.Model.VocabSize);
        return new ImportReport(config.Model.Type, summary.Parameters, QuantizationOf(summary), config.Model.ContextLength, LicenseFile.Find(source), []);
    }

    // JSON may leave out, or set to null, what the types declare to be there.
    private static GenAiConfig ReadConfig(string folder)
    {
        var config = GenAiConfig.Read(folder);
        var decoder = config.Model?.Decoder;
        Require(config.Model?.Type, "type");
        Require(decoder?.FileName, "decoder.filename");
        Require(decoder?.Inputs?.InputIds, "decoder.inputs.input_ids");
        Require(decoder?.Inputs?.AttentionMask, "decoder.inputs.attention_mask");
        Require(decoder?.Inputs?.PastKeyNames, "decoder.inputs.past_key_names");
        Require(decoder?.Inputs?.PastValueNames, "decoder.inputs.past_value_names");
        Require(decoder?.Outputs?.Logits, "decoder.outputs.logits");
        Require(decoder?.Outputs?.PresentKeyNames, "decoder.outputs.present_key_names");
        Require(decoder?.Outputs?.PresentValueNames, "decoder.outputs.present_value_names");
        return config;

        void Require(string? value, string key)
        {
            if (value is null) throw new ImportException($"{folder}/{GenAiConfig.FileName} lacks model.{key}. Export the model again.");
        }
    }

    private static void CheckNames(GenAiDecoder decoder, OnnxSummary summary, string source)
    {
        if (decoder.NumHiddenLayers is < 1 or > MostLayers)
            throw new ImportException($"{source}/{GenAiConfig.FileName} states {decoder.NumHiddenLayers} layers, which cannot be.");
        var layers = Enumerable.Range(0, decoder.NumHiddenLayers).ToList();
        var (ins, outs) = (decoder.Inputs, decoder.Outputs);
        string[] inputs = [ins.InputIds, ins.AttentionMask, .. PerLayer(ins.PastKeyNames), .. PerLayer(ins.PastValueNames)];
        string[] outputs = [outs.Logits, .. PerLayer(outs.PresentKeyNames), .. PerLayer(outs.PresentValueNames)];
        if (ins.PositionIds is { } positions && summary.Inputs.Contains(positions)) inputs = [.. inputs, positions];
        Require(inputs.Except(summary.Inputs), "the graph lacks the input");
        Require(outputs.Except(summary.Outputs), "the graph lacks the output");
        Require(summary.Inputs.Except(inputs), "the configuration does not name the graph's input");

        IEnumerable<string> PerLayer(string pattern) => layers.Select(layer => pattern.Replace("%d", layer.ToString(), StringComparison.Ordinal));

        void Require(IEnumerable<string> missing, string what)
        {
            if (missing.FirstOrDefault() is { } name)
                throw new ImportException($"{source}: {GenAiConfig.FileName} and {decoder.FileName} disagree: {what} {name}. Export the model again.");
        }
    }

    /// <summary>How the weights of a graph are stored.</summary>
    public static string QuantizationOf(OnnxSummary summary) =>
        string.Join('+', summary.Bits.Where(b => b is 4 or 8).Select(b => $"int{b}").DefaultIfEmpty("none"));
}
