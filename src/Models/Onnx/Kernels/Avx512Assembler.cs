using System.Buffers.Binary;

namespace Models.Onnx.Kernels;

/// <summary>
/// Writes the few x64 instructions that <see cref="Avx512Kernel"/> is made of (Intel 64 and IA-32 Architectures Software Developer's
/// Manual, volume 2: EVEX in section 2.7, ModRM and SIB in 2.1). Vectors have 512 bits; displacements take 32 bits.
/// </summary>
internal sealed class Avx512Assembler
{
    // Opcode maps and mandatory prefixes as EVEX numbers them.
    private const int Map0F = 1, Map0F38 = 2, NoPrefix = 0, Prefix66 = 1;

    private readonly List<byte> _code = [];

    /// <summary>A general register by its number.</summary>
    public enum Register
    {
        Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15,
    }

    /// <summary>Memory at base + index · scale + displacement.</summary>
    public readonly record struct Memory(Register Base, int Displacement, Register? Index = null, int Scale = 1);

    /// <summary>Bytes so far.</summary>
    public int Length => _code.Count;

    /// <summary>The code.</summary>
    public byte[] ToArray() => [.. _code];

    // --- vectors: the numbers are those of zmm registers -------------------------------------------------------------------------------

    public void Zero(int target) => Vector(Map0F, Prefix66, 0xEF, target, target, target);

    public void Load(int target, Memory source) => Vector(Map0F, NoPrefix, 0x10, target, 0, source, false);

    public void Store(Memory target, int source) => Vector(Map0F, NoPrefix, 0x11, source, 0, target, false);

    public void And(int target, int a, int b) => Vector(Map0F, Prefix66, 0xDB, target, a, b);

    /// <summary>Shifts every 32 bits right.</summary>
    public void ShiftRight(int target, int source, byte count)
    {
        Vector(Map0F, Prefix66, 0x72, 2, target, source);
        _code.Add(count);
    }

    /// <summary>32 bits of memory in every lane.</summary>
    public void Broadcast(int target, Memory source) => Vector(Map0F38, Prefix66, 0x58, target, 0, source, false);

    /// <summary>The lower 32 bits of a register in every lane.</summary>
    public void Broadcast(int target, Register source) => Vector(Map0F38, Prefix66, 0x7C, target, 0, (int)source);

    /// <summary>target += sums of 4 products of unsigned bytes with the same 4 signed bytes of memory for every lane (AVX512_VNNI).</summary>
    public void AddDotProducts(int target, int unsigned, Memory signed) => Vector(Map0F38, Prefix66, 0x50, target, unsigned, signed, true);

    /// <summary>Sixteen float16 to float32.</summary>
    public void ConvertHalves(int target, Memory source) => Vector(Map0F38, Prefix66, 0x13, target, 0, source, false);

    public void ConvertIntegers(int target, int source) => Vector(Map0F, NoPrefix, 0x5B, target, 0, source);

    /// <summary>a · the same float of memory for every lane.</summary>
    public void Multiply(int target, int a, Memory b) => Vector(Map0F, NoPrefix, 0x59, target, a, b, true);

    /// <summary>target += a · b, rounded once.</summary>
    public void MultiplyAdd(int target, int a, int b) => Vector(Map0F38, Prefix66, 0xB8, target, a, b);

    /// <summary>Lets 128-bit code that follows run at full speed.</summary>
    public void ZeroUpper() => _code.AddRange([0xC5, 0xF8, 0x77]);

    // --- everything else ---------------------------------------------------------------------------------------------------------------

    public void Push(Register register) => Short(0x50, register);

    public void Pop(Register register) => Short(0x58, register);

    public void Return() => _code.Add(0xC3);

    /// <summary>target = address.</summary>
    public void Address(Register target, Memory address)
    {
        _code.Add((byte)(0x48 | ((int)target >> 3) << 2 | Upper(address.Index) << 1 | Upper(address.Base)));
        _code.Add(0x8D);
        Operand((int)target, address);
    }

    public void MoveConstant(Register target, int value)
    {
        _code.Add((byte)(0xB8 | (int)target));
        Number(value);
    }

    public void Add(Register target, int value) => Group1(0, target, value);

    /// <summary>Sets the zero flag where nothing is left.</summary>
    public void Subtract(Register target, int value) => Group1(5, target, value);

    public void ShiftLeft(Register target, byte count) => Shift(4, target, count);

    public void ShiftRight(Register target, byte count) => Shift(5, target, count);

    /// <summary>Brings a line into the first-level cache.</summary>
    public void Prefetch(Memory line)
    {
        _code.AddRange([0x0F, 0x18]);
        Operand(1, line);
    }

    /// <summary>Jumps back to where <see cref="Length"/> was <paramref name="target"/>, unless the zero flag is set.</summary>
    public void JumpIfNotZero(int target)
    {
        _code.AddRange([0x0F, 0x85]);
        Number(target - (Length + 4));
    }

    private void Short(int opcode, Register register)
    {
        if (register >= Register.R8) _code.Add(0x41);
        _code.Add((byte)(opcode | (int)register & 7));
    }

    private void Group1(int operation, Register target, int value)
    {
        _code.AddRange([(byte)(0x48 | (int)target >> 3), 0x81, (byte)(0xC0 | operation << 3 | (int)target & 7)]);
        Number(value);
    }

    private void Shift(int operation, Register target, byte count) =>
        _code.AddRange([(byte)(0x48 | (int)target >> 3), 0xC1, (byte)(0xC0 | operation << 3 | (int)target & 7), count]);

    private void Vector(int map, int prefix, int opcode, int register, int second, int third)
    {
        Evex(map, prefix, opcode, register, second, third >> 3 & 1, third >> 4, false);
        _code.Add((byte)(0xC0 | (register & 7) << 3 | third & 7));
    }

    private void Vector(int map, int prefix, int opcode, int register, int second, Memory third, bool broadcast)
    {
        Evex(map, prefix, opcode, register, second, Upper(third.Base), Upper(third.Index), broadcast);
        Operand(register, third);
    }

    // The fields that extend register numbers are stored inverted. Bits 6 and 5 of the last byte are the vector's length: 512 bits.
    private void Evex(int map, int prefix, int opcode, int register, int second, int b, int x, bool broadcast) => _code.AddRange(
    [
        0x62,
        (byte)((~register >> 3 & 1) << 7 | (~x & 1) << 6 | (~b & 1) << 5 | (~register >> 4 & 1) << 4 | map),
        (byte)((~second & 15) << 3 | 4 | prefix),
        (byte)(0x40 | (broadcast ? 0x10 : 0) | (~second >> 4 & 1) << 3),
        (byte)opcode,
    ]);

    // EVEX scales displacements of 8 bits and not those of 32: only these are used. A base of rsp or r12 needs a SIB byte; 4 is no index.
    private void Operand(int register, Memory memory)
    {
        var needsSib = memory.Index is not null || ((int)memory.Base & 7) == 4;
        _code.Add((byte)(0x80 | (register & 7) << 3 | (needsSib ? 4 : (int)memory.Base & 7)));
        if (needsSib) _code.Add((byte)(int.Log2(memory.Scale) << 6 | ((int?)memory.Index & 7 ?? 4) << 3 | (int)memory.Base & 7));
        Number(memory.Displacement);
    }

    private static int Upper(Register? register) => (int)(register ?? 0) >> 3;

    private void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _code.AddRange(bytes);
    }
}
