using Models.Import.Sources;
using Models.Import.Weights;
using Models.Store;

namespace Models.Import.GenAi;

/// <summary>Checks a folder in ONNX Runtime GenAI's layout made elsewhere, and copies what belongs to the model.</summary>
internal static class GenAiFolder
{
    private const int MostLayers = 4096;
    private const int CopyBuffer = 1 << 20;

    /// <summary>Imports the folder.</summary>
    /// <exception cref="ImportException">A file is missing, damaged or outside the folder, or the configuration and the graph disagree.</exception>
    /// <exception cref="StoreException">The configuration cannot be read.</exception>
    public static ImportReport Import(string source, string target, ImportOptions options, CancellationToken cancellation)
    {
        var config = GenAiConfig.Read(source);
        if (options.Quantization != Quantization.Auto)
            throw new ImportException($"{source} is an ONNX model already; its weights stay as they are. Leave the quantization out.");
        if (!TokenizerFiles.ExistIn(source)) throw TokenizerFiles.Missing(source);
        var graphName = config.Model.Decoder.FileName;
        var summary = ReadGraph(FindFile(source, graphName));
        CheckNames(config.Model.Decoder, summary, source);

        var files = new List<string> { GenAiConfig.FileName, graphName };
        foreach (var (name, length) in summary.DataFiles)
        {
            if (new FileInfo(FindFile(source, name)).Length < length)
                throw new ImportException($"{Path.Combine(source, name)} ends too early: {graphName} refers to {length:N0} bytes of it. Fetch it again.");
            files.Add(name);
        }
        files.AddRange(TokenizerFiles.Names.Where(name => File.Exists(Path.Combine(source, name))));

        var paths = files.Distinct().Select(name => (Name: name, Path: FindFile(source, name))).ToList();
        var (done, total) = (0L, paths.Sum(p => new FileInfo(p.Path).Length));
        foreach (var (name, path) in paths)
        {
            done += Copy(path, Path.Combine(target, name), cancellation);
            options.Progress?.Report((done, total));
        }
        return new ImportReport(config.Model.Type, summary.Parameters, QuantizationOf(summary), config.Model.ContextLength, LicenseFile.Find(source), []);
    }

    private static OnnxSummary ReadGraph(string path)
    {
        using var file = MappedFile.Open(path);
        try
        {
            return OnnxSummary.Read(file.Slice(0, file.Length));
        }
        catch (FormatException e)
        {
            throw new ImportException($"{path} is not an ONNX model, or is damaged: {e.Message}. Fetch it again.", e);
        }
    }

    // A folder from elsewhere names its own files; none may lead out of it.
    private static string FindFile(string folder, string name)
    {
        if (name.Length == 0 || name is "." or ".." || name != Path.GetFileName(name) || name.Contains('\\'))
            throw new ImportException($"{folder} refers to the file '{name}', which is not a plain file name inside it.");
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) throw new ImportException($"{path} is missing. Fetch the model again.");
        if (File.ResolveLinkTarget(path, returnFinalTarget: true) is { } link && Path.GetDirectoryName(link.FullName) != Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar))
            throw new ImportException($"{path} is a link to {link.FullName}, outside the folder. Copy the folder with its links resolved (cp -rL), then import the copy.");
        return path;
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

    private static string QuantizationOf(OnnxSummary summary) =>
        string.Join('+', summary.Bits.Where(b => b is 4 or 8).Select(b => $"int{b}").DefaultIfEmpty("none"));

    private static long Copy(string from, string to, CancellationToken cancellation)
    {
        using var source = File.OpenRead(from);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        var buffer = new byte[CopyBuffer];
        for (int length; (length = source.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            target.Write(buffer, 0, length);
        }
        return target.Length;
    }
}
