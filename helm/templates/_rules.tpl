{{- /* What the verbs use and no more: Secrets, delete, evictions, exec and proxy where asked for. docs/install.md says why for each. */}}
{{- define "k8s-bot.rules" -}}
- apiGroups: [""]
  resources:
    - configmaps
    - endpoints
    - events
    - limitranges
    - persistentvolumeclaims
    - pods
    - replicationcontrollers
    - resourcequotas
    - serviceaccounts
    - services
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get]
- apiGroups: [apps]
  resources: [controllerrevisions, daemonsets, deployments, replicasets, statefulsets]
  verbs: [get, list, watch]
- apiGroups: [batch]
  resources: [cronjobs, jobs]
  verbs: [get, list, watch]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [get, list, watch]
- apiGroups: [keda.sh]
  resources: [scaledobjects]
  verbs: [get, list, watch]
- apiGroups: [networking.k8s.io]
  resources: [ingresses, networkpolicies]
  verbs: [get, list, watch]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [get, list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [get, list, watch]
- apiGroups: [metrics.k8s.io]
  resources: [pods]
  verbs: [get, list]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [create, patch]
- apiGroups: [apps]
  resources: [daemonsets, replicasets, statefulsets]
  verbs: [patch]
- apiGroups: [""]
  resources: [services]
  verbs: [create, patch]
- apiGroups: [""]
  resources: [pods]
  verbs: [patch]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [create, patch]
{{- if .Values.rbac.delete }}
- apiGroups: [""]
  resources: [configmaps, persistentvolumeclaims, pods, services]
  verbs: [delete]
- apiGroups: [apps]
  resources: [daemonsets, deployments, replicasets, statefulsets]
  verbs: [delete]
- apiGroups: [batch]
  resources: [cronjobs, jobs]
  verbs: [delete]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [delete]
{{- end }}
{{- if .Values.rbac.drain }}
- apiGroups: [""]
  resources: [pods/eviction]
  verbs: [create]
{{- end }}
{{- if .Values.rbac.exec }}
- apiGroups: [""]
  resources: [pods/exec]
  verbs: [get, create]
{{- end }}
{{- if .Values.rbac.proxy }}
- apiGroups: [""]
  resources: [pods/proxy, services/proxy]
  verbs: [get]
{{- end }}
{{- if .Values.rbac.restoreConfigMaps }}
- apiGroups: [""]
  resources: [configmaps]
  verbs: [create, patch]
{{- end }}
{{- if .Values.rbac.compareSecrets }}
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
{{- end }}
{{- range .Values.rbac.extraRead }}
- apiGroups: {{ toJson .apiGroups }}
  resources: {{ toJson .resources }}
  verbs: [get, list, watch]
{{- end }}
{{- end }}

{{- define "k8s-bot.clusterScopedRules" -}}
{{- if .Values.rbac.clusterScopedRead -}}
- apiGroups: [""]
  resources: [namespaces, nodes, persistentvolumes]
  verbs: [get, list, watch]
- apiGroups: [storage.k8s.io]
  resources: [storageclasses]
  verbs: [get, list, watch]
- apiGroups: [metrics.k8s.io]
  resources: [nodes]
  verbs: [get, list]
{{ end -}}
{{- if or .Values.rbac.labelNodes .Values.rbac.drain -}}
- apiGroups: [""]
  resources: [nodes]
  verbs: {{ .Values.rbac.clusterScopedRead | ternary (list "patch") (list "get" "patch") | toJson }}
{{- end }}
{{- end }}

{{- /* On whose behalf it may ask: people, their groups, and no other extra than the record's. */}}
{{- define "k8s-bot.impersonationRules" -}}
- apiGroups: [""]
  resources: [users]
  {{- with .Values.rbac.impersonateUsers }}
  resourceNames: {{ toJson . }}
  {{- end }}
  verbs: [impersonate]
- apiGroups: [""]
  resources: [groups]
  {{- with .Values.rbac.impersonateGroups }}
  resourceNames: {{ toJson . }}
  {{- end }}
  verbs: [impersonate]
- apiGroups: [authentication.k8s.io]
  resources: [userextras/record]
  verbs: [impersonate]
- apiGroups: [authorization.k8s.io]
  resources: [subjectaccessreviews]
  verbs: [create]
{{- end }}

{{- /* (list context, kind of role, name of role) */}}
{{- define "k8s-bot.binding" -}}
{{- $context := index . 0 -}}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ index . 1 }}
  name: {{ index . 2 }}
subjects:
  - kind: ServiceAccount
    name: {{ include "k8s-bot.serviceAccount" $context }}
    namespace: {{ $context.Release.Namespace }}
{{- end }}
