using TagSegments.Kubernetes;

return await KubernetesProgram.RunAsync(args);
