using System.Diagnostics;
using System.Text.Json;
using TestKit;

namespace EndToEnd;

/// <summary>
/// The second engine against a stand-in for ONNX Runtime GenAI's library, which is not to be had here: written from its C header, it
/// proves the calls and their order, not the library's own behaviour.
/// </summary>
public sealed class GenAiEngineTests(StoryModel story) : IClassFixture<StoryModel>
{
    // After any sequence the likeliest token is (3 · its last token + its length) mod 2048.
    private const string Library = """
        #include <stdint.h>
        #include <stdlib.h>
        #include <string.h>
        #define VOCABULARY 2048
        typedef struct { char message[64]; } OgaResult;
        typedef struct { int max; } Params;
        typedef struct { int32_t ids[4096]; size_t count; int max; } Generator;
        typedef struct { float data[VOCABULARY]; } Tensor;
        static OgaResult* fail(const char* m) { OgaResult* r = malloc(sizeof *r); strcpy(r->message, m); return r; }
        const char* OgaResultGetError(const OgaResult* r) { return r->message; }
        void OgaDestroyResult(OgaResult* r) { free(r); }
        OgaResult* OgaCreateModel(const char* path, void** out) { if (!getenv("ORT_LIB_PATH")) return fail("no ORT_LIB_PATH"); *out = strdup(path); return 0; }
        void OgaDestroyModel(void* m) { free(m); }
        OgaResult* OgaCreateGeneratorParams(const void* m, Params** out) { *out = calloc(1, sizeof **out); return 0; }
        void OgaDestroyGeneratorParams(Params* p) { free(p); }
        OgaResult* OgaGeneratorParamsSetSearchNumber(Params* p, const char* name, double v) { if (strcmp(name, "max_length")) return fail("unknown option"); p->max = (int)v; return 0; }
        OgaResult* OgaCreateGenerator(const void* m, const Params* p, Generator** out) { *out = calloc(1, sizeof **out); (*out)->max = p->max; return 0; }
        void OgaDestroyGenerator(Generator* g) { free(g); }
        OgaResult* OgaGenerator_AppendTokens(Generator* g, const int32_t* ids, size_t n) {
          if (g->count + n > (size_t)g->max) return fail("longer than max_length");
          memcpy(g->ids + g->count, ids, n * sizeof *ids); g->count += n; return 0;
        }
        OgaResult* OgaGenerator_GetLogits(Generator* g, Tensor** out) {
          *out = calloc(1, sizeof **out);
          (*out)->data[(3 * g->ids[g->count - 1] + g->count) % VOCABULARY] = 1; return 0;
        }
        OgaResult* OgaTensorGetData(Tensor* t, void** out) { *out = t->data; return 0; }
        void OgaDestroyTensor(Tensor* t) { free(t); }
        OgaResult* OgaGenerator_RewindTo(Generator* g, size_t n) { if (n > g->count) return fail("cannot rewind forward"); g->count = n; return 0; }
        OgaResult* OgaGenerator_SetRuntimeOption(Generator* g, const char* k, const char* v) { return 0; }
        """;

    [SharedFact(StoryModel.Reference)]
    public async Task Run_WithTheGenAiEngine_SamplesFromItsLogits()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["genai.c"], Library);
        using (var compiler = Process.Start("cc", ["-shared", "-fPIC", "-o", folder["libonnxruntime-genai.so"], folder["genai.c"]]))
        {
            await compiler.WaitForExitAsync();
            Assert.Equal(0, compiler.ExitCode);
        }
        var environment = new Dictionary<string, string> { ["APPLIANCE_GENAI_LIBRARY"] = folder["libonnxruntime-genai.so"] };
        var run = await ApplianceBinary.RunWithAsync(story.Home, environment, "", "run", "Once upon a time", "--engine", "genai", "--raw", "--json", "--max-tokens", "20", "--ignore-eos");
        Assert.True(run.ExitCode == 0, run.Error);
        using var report = JsonDocument.Parse(run.Output);
        List<int> sequence = [.. report.RootElement.GetProperty("prompt_tokens").EnumerateArray().Select(t => t.GetInt32())];
        foreach (var token in report.RootElement.GetProperty("tokens").EnumerateArray())
        {
            Assert.Equal((3 * sequence[^1] + sequence.Count) % 2048, token.GetInt32());
            sequence.Add(token.GetInt32());
        }
        Assert.Equal(6 + 20, sequence.Count);
    }
}
