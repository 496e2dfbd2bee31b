using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Emit;

/// <summary>A model as the catalog needs it: nothing that editing a spec's layers would change.</summary>
internal readonly record struct CatalogEntry(string Id, string ClassName);

/// <summary>Writes the list of all models of the assembly.</summary>
internal static class CatalogEmitter
{
    private const string Descriptor = "global::FashionCnn.Models.ModelDescriptor";

    public static string Emit(EquatableArray<CatalogEntry> entries, string @namespace) =>
        CodeFile.Write(@namespace, writer => EmitClass(entries, @namespace, writer));

    // TorchSharp may be used before a model is; the library must be findable by then. A class of its own, so that the start makes no
    // descriptors; nested, because a type of the file's own needs C# 11.
    private static void EmitStart(CodeWriter writer)
    {
        writer.Line("/// <summary>Makes Torch's native library findable.</summary>");
        writer.Line("[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]");
        writer.Block("internal static class Start", () =>
        {
            writer.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
            writer.Line("internal static void Run() => global::FashionCnn.Native.NativeTorch.RegisterResolver();");
        });
    }

    private static void EmitClass(EquatableArray<CatalogEntry> entries, string @namespace, CodeWriter writer)
    {
        var prefix = @namespace.Length == 0 ? string.Empty : $"{@namespace}.";
        writer.Line("/// <summary>The models that the specs of this project describe.</summary>");
        writer.Line(ModelEmitter.GeneratedCode);
        writer.Block("public static class ModelCatalog", () =>
        {
            writer.Line("/// <summary>All models, by id.</summary>");
            writer.Line($"public static global::System.Collections.Generic.IReadOnlyList<{Descriptor}> All {{ get; }} = new {Descriptor}[]");
            writer.Line("{");
            writer.Indented(() =>
            {
                foreach (var entry in entries)
                {
                    // By its full name, because a model may be called All or Equals, as members of this class are.
                    writer.Line($"global::{prefix}{entry.ClassName}.Descriptor,");
                }
            });
            writer.Line("};");
            writer.Line();
            EmitStart(writer);
        });
    }
}
