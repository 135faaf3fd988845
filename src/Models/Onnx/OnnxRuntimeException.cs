namespace Models.Onnx;

/// <summary>The kinds of error ONNX Runtime reports (<c>OrtErrorCode</c> in its C API).</summary>
public enum OnnxErrorCode
{
    /// <summary>ORT_OK.</summary>
    Ok,

    /// <summary>ORT_FAIL.</summary>
    Fail,

    /// <summary>ORT_INVALID_ARGUMENT.</summary>
    InvalidArgument,

    /// <summary>ORT_NO_SUCHFILE.</summary>
    NoSuchFile,

    /// <summary>ORT_NO_MODEL.</summary>
    NoModel,

    /// <summary>ORT_ENGINE_ERROR.</summary>
    EngineError,

    /// <summary>ORT_RUNTIME_EXCEPTION.</summary>
    RuntimeException,

    /// <summary>ORT_INVALID_PROTOBUF.</summary>
    InvalidProtobuf,

    /// <summary>ORT_MODEL_LOADED.</summary>
    ModelLoaded,

    /// <summary>ORT_NOT_IMPLEMENTED.</summary>
    NotImplemented,

    /// <summary>ORT_INVALID_GRAPH.</summary>
    InvalidGraph,

    /// <summary>ORT_EP_FAIL.</summary>
    ExecutionProviderFail,

    /// <summary>ORT_MODEL_LOAD_CANCELED.</summary>
    LoadCancelled,
}

/// <summary>An OrtStatus that was not OK, with ONNX Runtime's own message, or a fault in loading its library.</summary>
public sealed class OnnxRuntimeException : ModelException
{
    /// <summary>Creates the error from a status.</summary>
    public OnnxRuntimeException(OnnxErrorCode code, string message) : base($"ONNX Runtime: {message}") => Code = code;

    /// <summary>Creates the error for a library that cannot be loaded.</summary>
    public OnnxRuntimeException(string message, Exception? inner = null) : base(message, inner) => Code = OnnxErrorCode.Fail;

    /// <summary>ONNX Runtime's own code.</summary>
    public OnnxErrorCode Code { get; }
}
