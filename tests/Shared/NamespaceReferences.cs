using Mono.Cecil;

namespace FashionCnn.Tests;

/// <summary>Which namespaces of a compiled assembly refer to which, and whether each uses only those that it may.</summary>
internal sealed class NamespaceReferences
{
    private readonly string root;
    private readonly HashSet<(string From, string To)> found = [];

    private NamespaceReferences(string root) => this.root = root;

    /// <summary>The names of the assemblies that an assembly refers to.</summary>
    public static IReadOnlyList<string> Assemblies(string path)
    {
        using var module = ModuleDefinition.ReadModule(path);
        return [.. module.AssemblyReferences.Select(reference => reference.Name)];
    }

    /// <summary>References between types of an assembly, as full names; a nested type counts as the one around it.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="root">The namespace whose types are looked at, with those in it.</param>
    public static IReadOnlySet<(string From, string To)> Of(string path, string root)
    {
        using var module = ModuleDefinition.ReadModule(path);
        var references = new NamespaceReferences(root);
        foreach (var type in module.GetTypes())
        {
            references.Add(type);
        }

        return references.found;
    }

    /// <summary>References against the order of rooms, and types that stand in no room.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="root">The namespace that all rooms stand in.</param>
    /// <param name="levels">
    /// The rooms from the bottom up, the empty name for the root itself: one uses itself and those of levels before it, none of its own
    /// level.
    /// </param>
    public static IReadOnlyList<string> Against(string path, string root, params string[][] levels)
    {
        var places = levels.SelectMany((rooms, level) => rooms.Select(room => (Name: room.Length == 0 ? root : $"{root}.{room}", level))).ToDictionary(pair => pair.Name, pair => pair.level);
        return
        [
            .. Of(path, root)
                .Where(reference => NamespaceOf(reference.From) != NamespaceOf(reference.To))
                .Where(reference => !places.TryGetValue(NamespaceOf(reference.From), out var from) || !places.TryGetValue(NamespaceOf(reference.To), out var to) || to >= from)
                .Select(reference => $"{reference.From} uses {reference.To}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string NamespaceOf(string type) => type[..type.LastIndexOf('.')];

    private void Add(TypeDefinition type)
    {
        var from = Outermost(type);
        References(type.BaseType);
        Attributes(type);
        Generics(type);
        foreach (var implemented in type.Interfaces)
        {
            References(implemented.InterfaceType);
        }

        foreach (var field in type.Fields)
        {
            References(field.FieldType);
            Attributes(field);
        }

        foreach (var property in type.Properties)
        {
            Attributes(property);
        }

        foreach (var method in type.Methods)
        {
            Attributes(method);
            Generics(method);
            Method(method);
            if (method.HasBody)
            {
                foreach (var local in method.Body.Variables)
                {
                    References(local.VariableType);
                }

                foreach (var handler in method.Body.ExceptionHandlers)
                {
                    References(handler.CatchType);
                }

                foreach (var instruction in method.Body.Instructions)
                {
                    switch (instruction.Operand)
                    {
                        case TypeReference used:
                            References(used);
                            break;
                        case MethodReference called:
                            Method(called);
                            break;
                        case FieldReference field:
                            References(field.DeclaringType);
                            References(field.FieldType);
                            break;
                    }
                }
            }
        }

        void Method(MethodReference method)
        {
            References(method.DeclaringType);
            References(method.ReturnType);
            foreach (var parameter in method.Parameters)
            {
                References(parameter.ParameterType);
            }

            foreach (var argument in (method as GenericInstanceMethod)?.GenericArguments ?? [])
            {
                References(argument);
            }
        }

        void Attributes(ICustomAttributeProvider provider)
        {
            foreach (var attribute in provider.CustomAttributes)
            {
                References(attribute.AttributeType);
            }
        }

        void Generics(IGenericParameterProvider provider)
        {
            foreach (var constraint in provider.GenericParameters.SelectMany(parameter => parameter.Constraints))
            {
                References(constraint.ConstraintType);
            }
        }

        void References(TypeReference? used)
        {
            switch (used)
            {
                case null:
                    return;
                case GenericInstanceType generic:
                    foreach (var argument in generic.GenericArguments)
                    {
                        References(argument);
                    }

                    break;
            }

            if (used is TypeSpecification specification)
            {
                References(specification.ElementType);
                return;
            }

            var to = Outermost(used);
            if (used is not GenericParameter && IsWithin(from) && IsWithin(to) && from.FullName != to.FullName)
            {
                _ = found.Add((from.FullName, to.FullName));
            }
        }
    }

    private bool IsWithin(TypeReference type) => type.Namespace == root || type.Namespace.StartsWith($"{root}.", StringComparison.Ordinal);

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
