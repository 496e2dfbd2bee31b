using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace FashionCnn.Generator.Tests.Incremental;

/// <summary>Everything that an object keeps alive through its fields, with the way to it.</summary>
internal static class HeldObjects
{
    public static IEnumerable<(string Path, object Value)> Of(object root, string name)
    {
        var visited = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<(string Path, object Value)>([(name, root)]);
        while (open.TryPop(out var held))
        {
            if (!visited.Add(held.Value))
            {
                continue;
            }

            yield return held;
            if (IsLeaf(held.Value))
            {
                continue;
            }

            foreach (var inner in Inner(held.Value))
            {
                open.Push(($"{held.Path}.{inner.Name}", inner.Value));
            }
        }
    }

    /// <summary>
    /// A step that keeps one of these keeps a whole compilation or text alive, in an editor at every version that was typed; and most
    /// of them are equal only to themselves, so that nothing after the step is ever cached.
    /// </summary>
    public static bool IsForbidden(object value) =>
        value is Compilation or ISymbol or SyntaxNode or SyntaxTree or SourceText or Location or Diagnostic;

    // The compiler's own inputs are its own affair, and reflection leads everywhere.
    private static bool IsLeaf(object value) =>
        value is string or Pointer or MemberInfo or Assembly or Module or AdditionalText or AnalyzerConfigOptionsProvider || value.GetType().IsPrimitive || value.GetType().IsEnum;

    private static IEnumerable<(string Name, object Value)> Inner(object value)
    {
        if (value is Array array)
        {
            return array.Cast<object?>().Select((item, index) => ($"[{index}]", item)).Where(pair => pair.item is not null).Select(pair => (pair.Item1, pair.item!));
        }

        return Fields(value.GetType())
            .Select(field => (field.Name, Value: field.GetValue(value)))
            .Where(pair => pair.Value is not null)
            .Select(pair => (pair.Name, pair.Value!));
    }

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            foreach (var field in current.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!field.FieldType.IsPointer && !field.FieldType.IsByRefLike && field.FieldType != typeof(IntPtr))
                {
                    yield return field;
                }
            }
        }
    }
}
