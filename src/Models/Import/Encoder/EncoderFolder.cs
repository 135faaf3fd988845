using Models.Embedding;
using Models.Import.GenAi;
using Models.Import.Sources;
using Models.Store;

namespace Models.Import.Encoder;

/// <summary>
/// Checks the folder of an encoder in ONNX made elsewhere (the layout of sentence-transformers, Optimum and transformers.js), copies what
/// belongs to the model, and runs it once.
/// </summary>
internal static class EncoderFolder
{
    // In the order of preference; a pull puts the graph beside the rest.
    private static readonly string[] Graphs = ["model_quantized.onnx", "model.onnx"];
    private static readonly string[] TokenOutputs = ["last_hidden_state", "token_embeddings"];
    private static readonly string[] TextOutputs = ["sentence_embedding"];

    /// <summary>True for a folder whose config.json describes an encoder.</summary>
    /// <exception cref="ImportException">config.json cannot be read.</exception>
    public static bool IsOne(string source) => File.Exists(Path.Combine(source, EncoderShape.ConfigName)) && EncoderShape.IsEncoder(source);

    /// <summary>Imports the folder.</summary>
    /// <exception cref="ImportException">A file is missing or damaged, or the files disagree.</exception>
    /// <exception cref="ModelException">The tokenizer or the graph is not of a kind this program runs.</exception>
    public static ImportReport Import(string source, string target, ImportOptions options, CancellationToken cancellation)
    {
        if (options.Quantization != Quantization.Auto)
            throw new ImportException($"{source} is an ONNX model already; its weights stay as they are. Leave the quantization out.");
        var shape = EncoderShape.Read(source);
        if (!TokenizerFiles.ExistIn(source)) throw TokenizerFiles.Missing(source);
        var (folder, graph) = FindGraph(source);
        var summary = OnnxFiles.ReadGraph(OnnxFiles.Find(folder, graph));
        var config = Describe(shape, summary, Path.Combine(folder, graph));
        // The weights' file keeps its name: the graph refers to it.
        var files = OnnxFiles.RequireData(folder, graph, summary).Prepend(graph).ToList();
        OnnxFiles.Copy(folder, target, files, options.Progress, cancellation);
        if (graph != EncoderConfig.GraphName) File.Move(Path.Combine(target, graph), Path.Combine(target, EncoderConfig.GraphName));
        TokenizerFiles.Copy(source, target);
        TokenizerFiles.Check(target, shape.VocabularySize);
        config.Write(target);
        Try(target, shape, cancellation);
        var quantized = IsQuantized(summary);
        return new ImportReport(
            shape.Type, summary.Parameters + (quantized ? summary.ByteElements : 0), quantized ? "int8" : GenAiFolder.QuantizationOf(summary),
            shape.MaxTokens, LicenseFile.Find(source), [])
        { Kind = shape.Kind };
    }

    private static (string Folder, string Graph) FindGraph(string source)
    {
        foreach (var graph in Graphs)
        {
            foreach (var folder in (string[])[Path.Combine(source, "onnx"), source])
                if (File.Exists(Path.Combine(folder, graph))) return (folder, graph);
        }
        // A pull of one named graph.
        return Directory.GetFiles(source, "*.onnx") is [var only] ? (source, Path.GetFileName(only)) : throw new ImportException(
            $"{source} has no model.onnx and no onnx/model.onnx; encoders are imported from ONNX. Fetch it with the model, " +
            "or make it with Python's optimum: optimum-cli export onnx --model MODEL FOLDER.");
    }

    private static EncoderConfig Describe(EncoderShape shape, OnnxSummary summary, string graph)
    {
        var reranks = shape.Kind == ModelKind.Reranker;
        string[] known = [EncoderInputs.Ids, EncoderInputs.Mask, EncoderInputs.Types];
        if (!summary.Inputs.Contains(EncoderInputs.Ids)) throw Disagrees($"it lacks the input {EncoderInputs.Ids}");
        if (summary.Inputs.Except(known).FirstOrDefault() is { } unknown) throw Disagrees($"it has an input {unknown}, which this program does not know");
        string[] wanted = reranks ? ["logits"] : [.. TokenOutputs, .. TextOutputs];
        var output = wanted.FirstOrDefault(summary.Outputs.Contains) ?? throw Disagrees($"it returns none of {string.Join(", ", wanted)}");
        return new EncoderConfig
        {
            Kind = shape.Kind,
            Output = output,
            TakesMask = summary.Inputs.Contains(EncoderInputs.Mask),
            TakesTypes = summary.Inputs.Contains(EncoderInputs.Types),
            Pooling = reranks || TextOutputs.Contains(output) ? Pooling.None : shape.Pooling,
            MaxTokens = shape.MaxTokens,
            Dimensions = reranks ? 1 : shape.HiddenSize,
            PadToken = shape.PadToken,
            PairSeparators = shape.PairSeparators,
            RunsAlone = summary.Operators.Contains("DynamicQuantizeLinear"),
        };

        ImportException Disagrees(string what) => new($"{graph} is no {(reranks ? "reranker" : "encoder")} this program runs: {what}. Export the model again.");
    }

    private static bool IsQuantized(OnnxSummary summary) =>
        summary.Operators.Overlaps(["DynamicQuantizeLinear", "MatMulInteger", "QLinearMatMul", "DequantizeLinear"]);

    // A graph may be whole and yet not run: an operator that is not there, other types, another width than config.json says.
    private static void Try(string target, EncoderShape shape, CancellationToken cancellation)
    {
        using var encoder = new OnnxEncoder(target, threads: 1);
        if (shape.Kind == ModelKind.Reranker) new CrossEncoder("the model", encoder).ScoreAsync("a", ["a", "a b"], cancellation).GetAwaiter().GetResult();
        else new OnnxEmbedder("the model", encoder).EmbedAsync([new("a"), new("a b")], new EmbeddingSettings(), cancellation).GetAwaiter().GetResult();
    }
}
