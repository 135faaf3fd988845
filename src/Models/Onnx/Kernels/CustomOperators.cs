using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Models.Onnx.Attention;

namespace Models.Onnx.Kernels;

/// <summary>
/// Registers our operators with ONNX Runtime (<c>struct OrtCustomOp</c> in onnxruntime_c_api.h). A new operator is a
/// <see cref="CustomOperator"/> and an entry in <see cref="All"/>.
/// </summary>
internal static unsafe class CustomOperators
{
    /// <summary>Domain of our operators.</summary>
    public const string Domain = "appliance";

    /// <summary>Attribute of our operators that share work out: the session's threads.</summary>
    public const string Threads = "threads";

    private static readonly CustomOperator[] All = [new MatMulOperator(), new PackedProductOperator(), new AttentionOperator()];

    private static readonly Lazy<nint> Registered = new(() =>
    {
        var domain = OrtApi.CreateCustomOpDomain(Domain);
        foreach (var custom in All) OrtApi.AddToCustomOpDomain(domain, (nint)Describe(custom));
        return domain;
    });

    /// <summary>Makes our operators known to sessions created with these options.</summary>
    public static void AddTo(OrtSessionOptions options) => OrtApi.AddCustomOpDomain(options.Pointer, Registered.Value);

    // The first fields are ONNX Runtime's; what follows is ours.
    [StructLayout(LayoutKind.Sequential)]
    private struct CustomOp
    {
        public uint Version;
        public nint CreateKernel;
        public delegate* unmanaged<CustomOp*, nint> GetName;
        public delegate* unmanaged<CustomOp*, nint> GetExecutionProviderType;
        public delegate* unmanaged<CustomOp*, nuint, int> GetInputType;
        public delegate* unmanaged<CustomOp*, nuint> GetInputTypeCount;
        public delegate* unmanaged<CustomOp*, nuint, int> GetOutputType;
        public delegate* unmanaged<CustomOp*, nuint> GetOutputTypeCount;
        public nint KernelCompute;
        public delegate* unmanaged<nint, void> KernelDestroy;
        public delegate* unmanaged<CustomOp*, nuint, int> GetInputCharacteristic;
        public delegate* unmanaged<CustomOp*, nuint, int> GetOutputCharacteristic;
        public delegate* unmanaged<CustomOp*, nuint, int> GetInputMemoryType;
        public delegate* unmanaged<CustomOp*, int> GetVariadicInputMinArity;
        public delegate* unmanaged<CustomOp*, int> GetVariadicInputHomogeneity;
        public delegate* unmanaged<CustomOp*, int> GetVariadicOutputMinArity;
        public delegate* unmanaged<CustomOp*, int> GetVariadicOutputHomogeneity;
        public delegate* unmanaged<CustomOp*, nint, nint, nint*, nint> CreateKernelV2;
        public delegate* unmanaged<nint, nint, nint> KernelComputeV2;
        public nint InferOutputShape;
        public nint GetStartVersion;
        public nint GetEndVersion;
        public nint GetMayInplace;
        public nint ReleaseMayInplace;
        public nint GetAliasMap;
        public nint ReleaseAliasMap;

        public nint Operator;
        public nint Name;
        public nint Provider;
    }

    // Never freed: ONNX Runtime keeps the pointer.
    private static CustomOp* Describe(CustomOperator custom)
    {
        var op = (CustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOp));
        op->Version = OrtApi.Version;
        op->GetName = &GetName;
        op->GetExecutionProviderType = &GetProvider;
        op->GetInputType = &GetInputType;
        op->GetInputTypeCount = &GetInputCount;
        op->GetOutputType = &GetOutputType;
        op->GetOutputTypeCount = &GetOutputCount;
        op->KernelDestroy = &DestroyKernel;
        op->GetInputCharacteristic = &GetInputCharacteristic;
        op->GetOutputCharacteristic = &GetOutputCharacteristic;
        op->GetInputMemoryType = &GetMemoryType;
        op->GetVariadicInputMinArity = &One;
        op->GetVariadicInputHomogeneity = &One;
        op->GetVariadicOutputMinArity = &One;
        op->GetVariadicOutputHomogeneity = &One;
        op->CreateKernelV2 = &CreateKernel;
        op->KernelComputeV2 = &Compute;
        op->Operator = GCHandle.ToIntPtr(GCHandle.Alloc(custom));
        op->Name = (nint)Utf8StringMarshaller.ConvertToUnmanaged(custom.Name);
        op->Provider = (nint)Utf8StringMarshaller.ConvertToUnmanaged("CPUExecutionProvider");
        return op;
    }

    [UnmanagedCallersOnly]
    private static nint CreateKernel(CustomOp* op, nint api, nint info, nint* kernel)
    {
        try
        {
            *kernel = GCHandle.ToIntPtr(GCHandle.Alloc(Managed(op).CreateKernel(new KernelInfo(info))));
            return 0;
        }
        catch (Exception e)
        {
            return OrtApi.CreateStatus(OnnxErrorCode.Fail, $"{Managed(op).Name}: {e.Message}");
        }
    }

    [UnmanagedCallersOnly]
    private static nint Compute(nint kernel, nint context)
    {
        try
        {
            ((CustomOperator.Kernel)GCHandle.FromIntPtr(kernel).Target!).Compute(new KernelContext(context));
            return 0;
        }
        catch (Exception e)
        {
            return OrtApi.CreateStatus(OnnxErrorCode.Fail, e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void DestroyKernel(nint kernel)
    {
        var handle = GCHandle.FromIntPtr(kernel);
        ((CustomOperator.Kernel)handle.Target!).Dispose();
        handle.Free();
    }

    private static CustomOperator Managed(CustomOp* op) => (CustomOperator)GCHandle.FromIntPtr(op->Operator).Target!;

    // 0 leaves the type open.
    private static int TypeOf(CustomOperator.Port port) => (int?)port.Type ?? 0;

    // INPUT_OUTPUT_REQUIRED = 0, INPUT_OUTPUT_OPTIONAL = 1.
    private static int CharacteristicOf(CustomOperator.Port port) => port.Optional ? 1 : 0;

    [UnmanagedCallersOnly]
    private static nint GetName(CustomOp* op) => op->Name;

    [UnmanagedCallersOnly]
    private static nint GetProvider(CustomOp* op) => op->Provider;

    [UnmanagedCallersOnly]
    private static int GetInputType(CustomOp* op, nuint index) => TypeOf(Managed(op).Inputs[(int)index]);

    [UnmanagedCallersOnly]
    private static nuint GetInputCount(CustomOp* op) => (nuint)Managed(op).Inputs.Count;

    [UnmanagedCallersOnly]
    private static int GetOutputType(CustomOp* op, nuint index) => TypeOf(Managed(op).Outputs[(int)index]);

    [UnmanagedCallersOnly]
    private static nuint GetOutputCount(CustomOp* op) => (nuint)Managed(op).Outputs.Count;

    [UnmanagedCallersOnly]
    private static int GetInputCharacteristic(CustomOp* op, nuint index) => CharacteristicOf(Managed(op).Inputs[(int)index]);

    [UnmanagedCallersOnly]
    private static int GetOutputCharacteristic(CustomOp* op, nuint index) => CharacteristicOf(Managed(op).Outputs[(int)index]);

    // OrtMemTypeDefault = 0.
    [UnmanagedCallersOnly]
    private static int GetMemoryType(CustomOp* op, nuint index) => 0;

    [UnmanagedCallersOnly]
    private static int One(CustomOp* op) => 1;
}
