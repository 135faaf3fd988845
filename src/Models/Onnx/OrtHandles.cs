using System.Runtime.InteropServices;

namespace Models.Onnx;

/// <summary>A native ONNX Runtime object that is released exactly once.</summary>
internal abstract class OrtHandle : SafeHandle
{
    protected OrtHandle(nint value) : base(0, ownsHandle: true) => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    /// <summary>The native pointer, for calls made while this object is reachable.</summary>
    public nint Pointer => handle;
}

/// <summary>OrtEnv: one a process.</summary>
internal sealed class OrtEnvironment : OrtHandle
{
    private static readonly Lazy<OrtEnvironment> Instance = new(() => new OrtEnvironment());

    public OrtEnvironment() : base(OrtApi.CreateEnv("appliance")) { }

    public static OrtEnvironment Current => Instance.Value;

    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseEnv(handle);
        return true;
    }
}

/// <summary>OrtMemoryInfo of the CPU: one a process.</summary>
internal sealed class OrtCpuMemory : OrtHandle
{
    private static readonly Lazy<OrtCpuMemory> Instance = new(() => new OrtCpuMemory());

    public OrtCpuMemory() : base(OrtApi.CreateCpuMemoryInfo()) { }

    public static OrtCpuMemory Current => Instance.Value;

    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseMemoryInfo(handle);
        return true;
    }
}

/// <summary>OrtSessionOptions.</summary>
internal sealed class OrtSessionOptions() : OrtHandle(OrtApi.CreateSessionOptions())
{
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseSessionOptions(handle);
        return true;
    }
}

/// <summary>OrtRunOptions: carries the request to stop a run that is under way.</summary>
internal sealed class OrtRunOptions() : OrtHandle(OrtApi.CreateRunOptions())
{
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseRunOptions(handle);
        return true;
    }
}

/// <summary>OrtValue over memory that someone else owns.</summary>
internal sealed unsafe class OrtTensor(void* data, nint bytes, ReadOnlySpan<long> shape, OnnxElementType type)
    : OrtHandle(OrtApi.CreateTensor(OrtCpuMemory.Current.Pointer, data, bytes, shape, type))
{
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseValue(handle);
        return true;
    }
}
