using System.Runtime.InteropServices;
using System.Text;

namespace Models.Onnx;

/// <summary>
/// ONNX Runtime GenAI's C API (ort_genai_c.h), as far as a decoder needs it, from a library that is installed beside this program. It
/// is not inside the binary: boxes with DirectML or CUDA bring their own.
/// </summary>
internal static unsafe class GenAiApi
{
    private static readonly Lazy<nint> Library = new(Load);

    public static nint CreateModel(string folder)
    {
        nint model;
        fixed (byte* path = Utf8(folder)) Check(((delegate* unmanaged<byte*, nint*, nint>)Export("OgaCreateModel"))(path, &model));
        return model;
    }

    public static nint CreateGenerator(nint model, int maxLength)
    {
        nint parameters, generator;
        Check(((delegate* unmanaged<nint, nint*, nint>)Export("OgaCreateGeneratorParams"))(model, &parameters));
        try
        {
            fixed (byte* name = "max_length\0"u8)
                Check(((delegate* unmanaged<nint, byte*, double, nint>)Export("OgaGeneratorParamsSetSearchNumber"))(parameters, name, maxLength));
            Check(((delegate* unmanaged<nint, nint, nint*, nint>)Export("OgaCreateGenerator"))(model, parameters, &generator));
            return generator;
        }
        finally
        {
            Release("OgaDestroyGeneratorParams", parameters);
        }
    }

    /// <summary>Runs the tokens through the model.</summary>
    public static void AppendTokens(nint generator, ReadOnlySpan<int> tokens)
    {
        fixed (int* ids = tokens)
            Check(((delegate* unmanaged<nint, int*, nuint, nint>)Export("OgaGenerator_AppendTokens"))(generator, ids, (nuint)tokens.Length));
    }

    /// <summary>Copies the logits after the last token.</summary>
    public static void GetLogits(nint generator, Span<float> target)
    {
        nint tensor;
        Check(((delegate* unmanaged<nint, nint*, nint>)Export("OgaGenerator_GetLogits"))(generator, &tensor));
        try
        {
            void* data;
            Check(((delegate* unmanaged<nint, void**, nint>)Export("OgaTensorGetData"))(tensor, &data));
            new ReadOnlySpan<float>(data, target.Length).CopyTo(target);
        }
        finally
        {
            Release("OgaDestroyTensor", tensor);
        }
    }

    public static void RewindTo(nint generator, int length) =>
        Check(((delegate* unmanaged<nint, nuint, nint>)Export("OgaGenerator_RewindTo"))(generator, (nuint)length));

    /// <summary>Asks a run that is under way to stop, or takes that back. May be called from another thread.</summary>
    public static void SetTerminate(nint generator, bool terminate)
    {
        fixed (byte* key = "terminate_session\0"u8, value = terminate ? "1\0"u8 : "0\0"u8)
            Check(((delegate* unmanaged<nint, byte*, byte*, nint>)Export("OgaGenerator_SetRuntimeOption"))(generator, key, value));
    }

    public static void DestroyGenerator(nint generator) => Release("OgaDestroyGenerator", generator);

    public static void DestroyModel(nint model) => Release("OgaDestroyModel", model);

    private static void Release(string name, nint handle) => ((delegate* unmanaged<nint, void>)Export(name))(handle);

    private static void Check(nint result)
    {
        if (result == 0) return;
        var message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Export("OgaResultGetError"))(result)) ?? "no message";
        Release("OgaDestroyResult", result);
        throw new OnnxRuntimeException(OnnxErrorCode.Fail, $"GenAI: {message}");
    }

    private static nint Export(string name) => NativeLibrary.GetExport(Library.Value, name);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static nint Load()
    {
        // GenAI looks for ONNX Runtime while its own initialisers run: give it ours, and switch its uploader off before it starts.
        if (!OperatingSystem.IsWindows())
        {
            _ = Libc.SetEnv("ORT_DISABLE_TELEMETRY", "1", 1);
            _ = Libc.SetEnv("ORT_LIB_PATH", OrtApi.LibraryPath, 1);
        }
        var name = OperatingSystem.IsWindows() ? "onnxruntime-genai.dll" : "libonnxruntime-genai.so";
        string?[] places = [Environment.GetEnvironmentVariable("APPLIANCE_GENAI_LIBRARY"), Path.Combine(AppContext.BaseDirectory, name), name];
        foreach (var place in places)
            if (!string.IsNullOrEmpty(place) && NativeLibrary.TryLoad(place, out var library)) return library;
        throw new OnnxRuntimeException(
            $"The genai engine needs {name}, which is not installed. Put it beside this program or name it in APPLIANCE_GENAI_LIBRARY, or leave --engine out to use the built-in engine.");
    }
}
