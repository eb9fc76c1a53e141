using System.Reflection;
using System.Reflection.Emit;

namespace TagSegments.Testing;

/// <summary>Which namespaces of an assembly use which others, by the signatures of their types and by the code of their methods.</summary>
public static class NamespaceGraph
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Gets the namespaces that each namespace uses, without itself.</summary>
    public static IReadOnlyDictionary<string, HashSet<string>> Of(Assembly assembly) => (
        from type in assembly.GetTypes()
        where type.Namespace is not null
        from used in UsedBy(type).SelectMany(Parts)
        where used.Assembly == assembly && used.Namespace is not null && used.Namespace != type.Namespace
        group used.Namespace by type.Namespace).ToDictionary(group => group.Key, group => group.ToHashSet());

    /// <summary>Gets the references of a graph that are part of a circle.</summary>
    public static IReadOnlyList<string> Circles(IReadOnlyDictionary<string, HashSet<string>> graph) =>
    [
        .. from name in graph.Keys
           from used in graph[name]
           where Reachable(used, graph).Contains(name)
           select $"{name} -> {used}",
    ];

    private static HashSet<string> Reachable(string start, IReadOnlyDictionary<string, HashSet<string>> graph)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([start]);
        while (open.TryPop(out var name))
        {
            foreach (var next in graph.TryGetValue(name, out var used) ? used.Where(reached.Add) : [])
            {
                open.Push(next);
            }
        }

        return reached;
    }

    private static IEnumerable<Type> UsedBy(Type type) =>
    [
        .. type.BaseType is { } parent ? [parent] : Array.Empty<Type>(),
        .. type.GetInterfaces(),
        .. type.GetFields(All).Select(field => field.FieldType),
        .. type.GetConstructors(All).SelectMany(UsedBy),
        .. type.GetMethods(All).SelectMany(method => UsedBy(method).Append(method.ReturnType)),
    ];

    private static IEnumerable<Type> UsedBy(MethodBase method) =>
    [
        .. method.GetParameters().Select(parameter => parameter.ParameterType),
        .. method.GetMethodBody() is { } body ? body.LocalVariables.Select(local => local.LocalType) : [],
        .. TokensOf(method).Select(member => member as Type ?? member.DeclaringType).OfType<Type>(),
    ];

    // A generic type or an array uses its parts.
    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!) : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];

    // The types, methods and fields that the code names.
    private static IEnumerable<MemberInfo> TokensOf(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var arguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var operation = code[at] == 0xFE ? s_codes[(short)(0xFE00 | code[at + 1])] : s_codes[code[at]];
            at += operation.Size;
            if (operation.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, arguments)!;
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
