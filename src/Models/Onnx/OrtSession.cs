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

    /// <summary>
    /// Whether int4 weights are copied into memory of our own, in the order in which they are read: faster, and memory that the system
    /// cannot take back as it can the file's pages.
    /// </summary>
    public bool PackWeights { get; init; }

    /// <summary>
    /// Whether our operators take the place of standard ones. The graph is read for it beforehand, which is not for encoders: theirs holds
    /// its weights, and may be larger than a program can read at once.
    /// </summary>
    public bool OwnOperators { get; init; } = true;

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
    private readonly PackedWeights? _weights;

    public OrtSession(string path, OrtSessionSettings settings) : base(Create(path, settings, out var weights))
    {
        _weights = weights;
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

    private static nint Create(string path, OrtSessionSettings settings, out PackedWeights? weights)
    {
        var folder = Path.GetDirectoryName(path)!;
        weights = settings.PackWeights ? new PackedWeights(folder) : null;
        try
        {
            using var options = new OrtSessionOptions();
            OrtApi.SetIntraOpThreads(options.Pointer, settings.Threads);
            OrtApi.SetInterOpThreads(options.Pointer, 1);
            OrtApi.AddSessionConfig(options.Pointer, "session.intra_op.allow_spinning", settings.Spin ? "1" : "0");
            if (!settings.OwnOperators || GraphRewriter.UseOurOperators(File.ReadAllBytes(path), settings, weights) is not { } graph)
                return OrtApi.CreateSession(OrtEnvironment.Current.Pointer, path, options.Pointer);
            CustomOperators.AddTo(options);
            OrtApi.AddSessionConfig(options.Pointer, "session.model_external_initializers_file_folder_path", folder);
            // ONNX Runtime prepares the graph while the weights come in.
            var loading = weights is { } packed ? Task.Run(() => packed.Load(settings.Threads)) : Task.CompletedTask;
            nint session = 0;
            try
            {
                session = OrtApi.CreateSession(OrtEnvironment.Current.Pointer, graph, options.Pointer);
            }
            finally
            {
                ((IAsyncResult)loading).AsyncWaitHandle.WaitOne();
                if (loading.IsFaulted && session != 0) OrtApi.ReleaseSession(session);
            }
            loading.GetAwaiter().GetResult();
            return session;
        }
        catch
        {
            weights?.Dispose();
            throw;
        }
    }

    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseSession(handle);
        _weights?.Dispose();
        return true;
    }
}
