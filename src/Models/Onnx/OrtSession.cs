using Models.Onnx.Kernels;
using Models.Onnx.Rewriting;

namespace Models.Onnx;

/// <summary>How a session runs.</summary>
internal sealed record OrtSessionSettings
{
    /// <summary>Threads inside one operator, the calling thread included.</summary>
    public required int Threads { get; init; }

    /// <summary>Whether idle threads spin between operators: faster decode on a quiet box, wasted joules on a busy one.</summary>
    public required bool Spin { get; init; }

    /// <summary>For a decoder whose keys and values are to be ours: the names of its inputs and output; null for any other graph.</summary>
    public DecoderNames? Decoder { get; init; }
}

/// <summary>Names in a decoder's graph.</summary>
/// <param name="Ids">Input of token ids.</param>
/// <param name="Mask">Input of the attention mask.</param>
/// <param name="Positions">Input of positions; empty where there is none.</param>
/// <param name="Logits">Output of logits.</param>
internal sealed record DecoderNames(string Ids, string Mask, string Positions, string Logits);

/// <summary>A loaded graph. Runs may come from several threads at once.</summary>
internal sealed class OrtSession : OrtHandle
{
    public OrtSession(string path, OrtSessionSettings settings) : base(Create(path, settings))
    {
        InputNames = OrtApi.InputNames(handle);
        OutputNames = OrtApi.OutputNames(handle);
    }

    public IReadOnlyList<string> InputNames { get; }

    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>Declared type and shape of an input, or null where the graph has none of that name.</summary>
    public OrtTensorInfo? Input(string name) => IndexOf(InputNames, name) is var i and >= 0 ? OrtApi.InputInfo(handle, i) : null;

    /// <summary>Declared type and shape of an output, or null where the graph has none of that name.</summary>
    public OrtTensorInfo? Output(string name) => IndexOf(OutputNames, name) is var i and >= 0 ? OrtApi.OutputInfo(handle, i) : null;

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
            if (names[i] == name) return i;
        return -1;
    }

    private static nint Create(string path, OrtSessionSettings settings)
    {
        using var options = new OrtSessionOptions();
        OrtApi.SetIntraOpThreads(options.Pointer, settings.Threads);
        OrtApi.SetInterOpThreads(options.Pointer, 1);
        OrtApi.AddSessionConfig(options.Pointer, "session.intra_op.allow_spinning", settings.Spin ? "1" : "0");
        if (GraphRewriter.UseOurOperators(File.ReadAllBytes(path), settings) is not { } graph)
            return OrtApi.CreateSession(OrtEnvironment.Current.Pointer, path, options.Pointer);
        CustomOperators.AddTo(options);
        OrtApi.AddSessionConfig(options.Pointer, "session.model_external_initializers_file_folder_path", Path.GetDirectoryName(path)!);
        return OrtApi.CreateSession(OrtEnvironment.Current.Pointer, graph, options.Pointer);
    }

    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseSession(handle);
        return true;
    }
}
