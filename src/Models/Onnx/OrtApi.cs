using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Models.Onnx.Library;

namespace Models.Onnx;

/// <summary>
/// ONNX Runtime's C API as a table of function pointers (<c>struct OrtApi</c> in onnxruntime_c_api.h; entries are only ever appended, so
/// a slot's number is stable). One call here is one call there; every OrtStatus becomes an <see cref="OnnxRuntimeException"/>.
/// </summary>
internal static unsafe class OrtApi
{
    /// <summary>The oldest API version that has every slot used here.</summary>
    public const uint Version = 17;

    // Set by Load, so they stand before the table: static initialisers run in the order of the text.
    /// <summary>Version of the loaded library, such as 1.30.0.</summary>
    public static string LibraryVersion { get; private set; } = "";

    /// <summary>Where the library was loaded from.</summary>
    public static string LibraryPath { get; private set; } = "";

    private static readonly nint* Table = Load();

    private enum Slot
    {
        CreateStatus = 0,
        GetErrorCode = 1,
        GetErrorMessage = 2,
        CreateEnv = 3,
        CreateSession = 7,
        CreateSessionFromArray = 8,
        Run = 9,
        CreateSessionOptions = 10,
        SetIntraOpNumThreads = 24,
        SetInterOpNumThreads = 25,
        CreateCustomOpDomain = 26,
        AddToCustomOpDomain = 27,
        AddCustomOpDomain = 28,
        SessionGetInputCount = 30,
        SessionGetOutputCount = 31,
        SessionGetInputTypeInfo = 33,
        SessionGetOutputTypeInfo = 34,
        SessionGetInputName = 36,
        SessionGetOutputName = 37,
        CreateRunOptions = 39,
        RunOptionsSetTerminate = 46,
        RunOptionsUnsetTerminate = 47,
        CreateTensorWithDataAsOrtValue = 49,
        GetTensorMutableData = 51,
        CastTypeInfoToTensorInfo = 55,
        GetTensorElementType = 60,
        GetDimensionsCount = 61,
        GetDimensions = 62,
        GetTensorTypeAndShape = 65,
        CreateCpuMemoryInfo = 69,
        AllocatorFree = 76,
        GetAllocatorWithDefaultOptions = 78,
        KernelInfoGetAttributeFloat = 85,
        KernelInfoGetAttributeInt64 = 86,
        KernelContextGetInput = 90,
        KernelContextGetOutput = 91,
        ReleaseEnv = 92,
        ReleaseStatus = 93,
        ReleaseMemoryInfo = 94,
        ReleaseSession = 95,
        ReleaseValue = 96,
        ReleaseRunOptions = 97,
        ReleaseTypeInfo = 98,
        ReleaseTensorTypeAndShapeInfo = 99,
        ReleaseSessionOptions = 100,
        AddSessionConfigEntry = 130,
        AddRunConfigEntry = 165,
        KernelContextParallelFor = 274,
    }

    public static nint CreateEnv(string id)
    {
        nint env;
        fixed (byte* name = Utf8(id)) Check(((delegate* unmanaged<int, byte*, nint*, nint>)Table[(int)Slot.CreateEnv])(3, name, &env));
        return env;
    }

    public static nint CreateSessionOptions()
    {
        nint options;
        Check(((delegate* unmanaged<nint*, nint>)Table[(int)Slot.CreateSessionOptions])(&options));
        return options;
    }

    public static void SetIntraOpThreads(nint options, int count) =>
        Check(((delegate* unmanaged<nint, int, nint>)Table[(int)Slot.SetIntraOpNumThreads])(options, count));

    public static void SetInterOpThreads(nint options, int count) =>
        Check(((delegate* unmanaged<nint, int, nint>)Table[(int)Slot.SetInterOpNumThreads])(options, count));

    public static void AddSessionConfig(nint options, string key, string value)
    {
        fixed (byte* k = Utf8(key), v = Utf8(value))
            Check(((delegate* unmanaged<nint, byte*, byte*, nint>)Table[(int)Slot.AddSessionConfigEntry])(options, k, v));
    }

    public static nint CreateSession(nint env, string path, nint options)
    {
        nint session;
        var native = OperatingSystem.IsWindows() ? System.Text.Encoding.Unicode.GetBytes(path + '\0') : Utf8(path);
        fixed (byte* p = native)
            Check(((delegate* unmanaged<nint, byte*, nint, nint*, nint>)Table[(int)Slot.CreateSession])(env, p, options, &session));
        return session;
    }

    /// <summary>A session over a graph in memory; its external data lies where the options say.</summary>
    public static nint CreateSession(nint env, ReadOnlySpan<byte> graph, nint options)
    {
        nint session;
        fixed (byte* bytes = graph)
        {
            Check(((delegate* unmanaged<nint, byte*, nint, nint, nint*, nint>)Table[(int)Slot.CreateSessionFromArray])(
                env, bytes, graph.Length, options, &session));
        }
        return session;
    }

    /// <summary>A domain for operators of ours; lives as long as the process, as sessions refer to it.</summary>
    public static nint CreateCustomOpDomain(string name)
    {
        nint domain;
        fixed (byte* n = Utf8(name)) Check(((delegate* unmanaged<byte*, nint*, nint>)Table[(int)Slot.CreateCustomOpDomain])(n, &domain));
        return domain;
    }

    public static void AddToCustomOpDomain(nint domain, nint customOp) =>
        Check(((delegate* unmanaged<nint, nint, nint>)Table[(int)Slot.AddToCustomOpDomain])(domain, customOp));

    public static void AddCustomOpDomain(nint options, nint domain) =>
        Check(((delegate* unmanaged<nint, nint, nint>)Table[(int)Slot.AddCustomOpDomain])(options, domain));

    /// <summary>An error for ONNX Runtime, which releases it.</summary>
    public static nint CreateStatus(OnnxErrorCode code, string message)
    {
        fixed (byte* m = Utf8(message)) return ((delegate* unmanaged<int, byte*, nint>)Table[(int)Slot.CreateStatus])((int)code, m);
    }

    /// <summary>An integer attribute of the node that a kernel is made for.</summary>
    public static long KernelInteger(nint info, string name)
    {
        long value;
        fixed (byte* n = Utf8(name))
            Check(((delegate* unmanaged<nint, byte*, long*, nint>)Table[(int)Slot.KernelInfoGetAttributeInt64])(info, n, &value));
        return value;
    }

    /// <summary>A float attribute of the node that a kernel is made for.</summary>
    public static float KernelFloat(nint info, string name)
    {
        float value;
        fixed (byte* n = Utf8(name))
            Check(((delegate* unmanaged<nint, byte*, float*, nint>)Table[(int)Slot.KernelInfoGetAttributeFloat])(info, n, &value));
        return value;
    }

    /// <summary>An operator's input, or 0 where an optional one is absent.</summary>
    public static nint KernelInput(nint context, nint index)
    {
        nint value;
        Check(((delegate* unmanaged<nint, nint, nint*, nint>)Table[(int)Slot.KernelContextGetInput])(context, index, &value));
        return value;
    }

    /// <summary>An operator's output of that shape.</summary>
    public static nint KernelOutput(nint context, nint index, ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* dims = shape)
        {
            Check(((delegate* unmanaged<nint, nint, long*, nint, nint*, nint>)Table[(int)Slot.KernelContextGetOutput])(
                context, index, dims, shape.Length, &value));
        }
        return value;
    }

    /// <summary>Calls <paramref name="work"/> with 0 … <paramref name="count"/> − 1 on ONNX Runtime's threads, the caller's among them.</summary>
    public static void ParallelFor(nint context, delegate* unmanaged<void*, nuint, void> work, int count, void* state) =>
        Check(((delegate* unmanaged<nint, void*, nint, nint, void*, nint>)Table[(int)Slot.KernelContextParallelFor])(
            context, work, count, count, state));

    public static string[] InputNames(nint session) => Names(session, Slot.SessionGetInputCount, Slot.SessionGetInputName);

    public static string[] OutputNames(nint session) => Names(session, Slot.SessionGetOutputCount, Slot.SessionGetOutputName);

    /// <summary>Declared type and shape of an input; a free dimension is -1.</summary>
    public static OrtTensorInfo InputInfo(nint session, int index) => Info(session, Slot.SessionGetInputTypeInfo, index);

    /// <summary>Declared type and shape of an output; a free dimension is -1.</summary>
    public static OrtTensorInfo OutputInfo(nint session, int index) => Info(session, Slot.SessionGetOutputTypeInfo, index);

    /// <summary>Shape of a tensor that a run made.</summary>
    public static OrtTensorInfo TensorInfo(nint value)
    {
        nint tensor;
        Check(((delegate* unmanaged<nint, nint*, nint>)Table[(int)Slot.GetTensorTypeAndShape])(value, &tensor));
        var info = Describe(tensor);
        Release(Slot.ReleaseTensorTypeAndShapeInfo, tensor);
        return info;
    }

    public static nint CreateRunOptions()
    {
        nint options;
        Check(((delegate* unmanaged<nint*, nint>)Table[(int)Slot.CreateRunOptions])(&options));
        return options;
    }

    public static void AddRunConfig(nint options, string key, string value)
    {
        fixed (byte* k = Utf8(key), v = Utf8(value))
            Check(((delegate* unmanaged<nint, byte*, byte*, nint>)Table[(int)Slot.AddRunConfigEntry])(options, k, v));
    }

    public static void SetTerminate(nint runOptions, bool terminate) =>
        Check(((delegate* unmanaged<nint, nint>)Table[(int)(terminate ? Slot.RunOptionsSetTerminate : Slot.RunOptionsUnsetTerminate)])(runOptions));

    public static nint CreateCpuMemoryInfo()
    {
        nint info;
        Check(((delegate* unmanaged<int, int, nint*, nint>)Table[(int)Slot.CreateCpuMemoryInfo])(0, 0, &info));
        return info;
    }

    /// <summary>A tensor over memory that the caller keeps alive.</summary>
    public static nint CreateTensor(nint memoryInfo, void* data, nint bytes, ReadOnlySpan<long> shape, OnnxElementType type)
    {
        nint value;
        fixed (long* dims = shape)
        {
            Check(((delegate* unmanaged<nint, void*, nint, long*, nint, int, nint*, nint>)Table[(int)Slot.CreateTensorWithDataAsOrtValue])(
                memoryInfo, data, bytes, dims, shape.Length, (int)type, &value));
        }
        return value;
    }

    public static void* TensorData(nint value)
    {
        void* data;
        Check(((delegate* unmanaged<nint, void**, nint>)Table[(int)Slot.GetTensorMutableData])(value, &data));
        return data;
    }

    public static void Run(
        nint session, nint runOptions, nint* inputNames, nint* inputs, int inputCount, nint* outputNames, nint* outputs, int outputCount) =>
        Check(((delegate* unmanaged<nint, nint, nint*, nint*, nint, nint*, nint, nint*, nint>)Table[(int)Slot.Run])(
            session, runOptions, inputNames, inputs, inputCount, outputNames, outputCount, outputs));

    public static void ReleaseEnv(nint handle) => Release(Slot.ReleaseEnv, handle);

    public static void ReleaseMemoryInfo(nint handle) => Release(Slot.ReleaseMemoryInfo, handle);

    public static void ReleaseSession(nint handle) => Release(Slot.ReleaseSession, handle);

    public static void ReleaseSessionOptions(nint handle) => Release(Slot.ReleaseSessionOptions, handle);

    public static void ReleaseRunOptions(nint handle) => Release(Slot.ReleaseRunOptions, handle);

    public static void ReleaseValue(nint handle) => Release(Slot.ReleaseValue, handle);

    private static void Release(Slot slot, nint handle) => ((delegate* unmanaged<nint, void>)Table[(int)slot])(handle);

    private static string[] Names(nint session, Slot count, Slot name)
    {
        nint n, allocator;
        Check(((delegate* unmanaged<nint, nint*, nint>)Table[(int)count])(session, &n));
        Check(((delegate* unmanaged<nint*, nint>)Table[(int)Slot.GetAllocatorWithDefaultOptions])(&allocator));
        var names = new string[n];
        for (nint i = 0; i < n; i++)
        {
            byte* text;
            Check(((delegate* unmanaged<nint, nint, nint, byte**, nint>)Table[(int)name])(session, i, allocator, &text));
            names[i] = Utf8StringMarshaller.ConvertToManaged(text)!;
            Check(((delegate* unmanaged<nint, void*, nint>)Table[(int)Slot.AllocatorFree])(allocator, text));
        }
        return names;
    }

    private static OrtTensorInfo Info(nint session, Slot slot, int index)
    {
        nint type, tensor;
        Check(((delegate* unmanaged<nint, nint, nint*, nint>)Table[(int)slot])(session, index, &type));
        Check(((delegate* unmanaged<nint, nint*, nint>)Table[(int)Slot.CastTypeInfoToTensorInfo])(type, &tensor));
        var info = Describe(tensor);
        Release(Slot.ReleaseTypeInfo, type);
        return info;
    }

    private static OrtTensorInfo Describe(nint tensor)
    {
        int type;
        nint rank;
        Check(((delegate* unmanaged<nint, int*, nint>)Table[(int)Slot.GetTensorElementType])(tensor, &type));
        Check(((delegate* unmanaged<nint, nint*, nint>)Table[(int)Slot.GetDimensionsCount])(tensor, &rank));
        var shape = new long[rank];
        fixed (long* dims = shape)
            Check(((delegate* unmanaged<nint, long*, nint, nint>)Table[(int)Slot.GetDimensions])(tensor, dims, rank));
        return new OrtTensorInfo((OnnxElementType)type, shape);
    }

    private static void Check(nint status)
    {
        if (status == 0) return;
        var code = ((delegate* unmanaged<nint, int>)Table[(int)Slot.GetErrorCode])(status);
        var message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Table[(int)Slot.GetErrorMessage])(status)) ?? "no message";
        ((delegate* unmanaged<nint, void>)Table[(int)Slot.ReleaseStatus])(status);
        throw new OnnxRuntimeException((OnnxErrorCode)code, message);
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text + '\0');

    private static nint* Load()
    {
        // Must be set before the library's initialisers run.
        if (!OperatingSystem.IsWindows()) _ = Libc.SetEnv("ORT_DISABLE_TELEMETRY", "1", 1);
        (var library, LibraryPath) = NativeLibraryCache.Load();
        // struct OrtApiBase { const OrtApi* (*GetApi)(uint32_t version); const char* (*GetVersionString)(void); }
        var apiBase = ((delegate* unmanaged<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase"))();
        LibraryVersion = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)apiBase[1])()) ?? "";
        var table = ((delegate* unmanaged<uint, nint*>)apiBase[0])(Version);
        return table != null
            ? table
            : throw new OnnxRuntimeException($"ONNX Runtime {LibraryVersion} is older than this program needs (API {Version}).");
    }
}

/// <summary>Element type and shape of a tensor.</summary>
internal readonly record struct OrtTensorInfo(OnnxElementType Type, long[] Shape);

/// <summary>Element types of a tensor (<c>ONNXTensorElementDataType</c>).</summary>
internal enum OnnxElementType
{
    Float32 = 1,
    UInt8 = 2,
    Int8 = 3,
    Int64 = 7,
    Float16 = 10,
}
